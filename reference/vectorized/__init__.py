"""Many independent copies of the listings' networks at once, equal to the bit with each run alone."""
