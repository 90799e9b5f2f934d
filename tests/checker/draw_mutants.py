"""Keep some mutants of a cosmic-ray session, drawn at random: ``draw_mutants.py SESSION COUNT [SEED]``."""

import random
import sqlite3
import sys


def draw(session, count, seed=0):
    """Delete from a session all mutants but ``count``."""
    with sqlite3.connect(session) as database:
        jobs = sorted(job for (job,) in database.execute('select job_id from work_items'))
        left_out = set(jobs) - set(random.Random(seed).sample(jobs, min(count, len(jobs))))
        for table in ('mutation_specs', 'work_items'):
            database.executemany(f'delete from {table} where job_id = ?', [(job,) for job in left_out])


if __name__ == '__main__':
    draw(sys.argv[1], *map(int, sys.argv[2:]))
