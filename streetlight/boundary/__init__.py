"""A boundary around programs that are not ours: the kernel's, drawn by bubblewrap.

What a program behind it can reach: the system's libraries and this Python, to read; a temporary folder of bounded size, in memory; its
own process.  What it cannot: any other file, the network, another process, the environment and the descriptors of who started it.  When
it ends, or the one who started it ends in whatever way, nothing of it is left.

`run` starts a module of ours behind the boundary, hands it payloads one after the other, and brings back what it answers and what the
process printed.
"""

from streetlight.boundary.conversation import Answer, Ended
from streetlight.boundary.process import end_running, run
from streetlight.boundary.walls import BoundaryError

__all__ = ['Answer', 'BoundaryError', 'Ended', 'end_running', 'run']
