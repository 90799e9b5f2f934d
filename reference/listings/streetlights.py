"""The chapter's data, as plain lists (sections 6.2, 6.3, 6.5, 6.13 and 6.23)."""

# left, middle and right light; 1 is on
STREETLIGHTS = [
    [1, 0, 1],
    [0, 1, 1],
    [0, 0, 1],
    [1, 1, 1],
    [0, 1, 1],
    [1, 0, 1],
]
WALK_VS_STOP = [0, 1, 0, 1, 1, 0]  # 1 is walk

# the dimmer lights of section 6.3: how brightly each one shone
DIMMER = [
    [0.9, 0.0, 1.0],
    [0.2, 0.8, 1.0],
    [0.1, 0.0, 1.0],
    [0.8, 0.9, 1.0],
    [0.1, 0.7, 1.0],
    [0.9, 0.1, 0.0],
]
DIMMER_TIMES_10 = [
    [9, 0, 10],
    [2, 8, 10],
    [1, 0, 10],
    [8, 9, 10],
    [1, 7, 10],
    [9, 1, 0],
]

# where the single layer starts (section 6.5)
WEIGHTS = [0.5, 0.48, -0.7]
ALPHA = 0.1

# the second data set (section 6.13): no light correlates with the outcome
UNCORRELATED_LIGHTS = [
    [1, 0, 1],
    [0, 1, 1],
    [0, 0, 1],
    [1, 1, 1],
]
UNCORRELATED_WALK_VS_STOP = [[1], [1], [0], [0]]

# the three-layer network (sections 6.23 to 6.26)
DEEP_ALPHA = 0.2
DEEP_ITERATIONS = 60
