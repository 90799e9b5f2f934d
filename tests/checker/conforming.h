/* One conforming evaluation of a listing: float64, every inner product by a random tree of additions with random fusions,
   every scalar square by a `pow` that is right or one of the two float64 numbers around the exact square. */
#include <stdint.h>

/* What an evaluation is determined by: one number for each inner product and each square, in the order of the program. */
struct choices { uint32_t *at; int count, room, next; };

extern struct choices choices;

uint64_t drawn(void);                         /* the checker's own random numbers, not the listings' */
double dot(const double *a, int a_step, const double *b, int b_step, int k);
double square(double x);                      /* of a scalar: the C library's pow */
void random_weights(double *weights, int count, int skip);  /* uniform in [-1, 1): the Mersenne Twister, seeded with 1 */

/* A listing prints its figures in order. */
void print(double figure);

struct listing { const char *name; void (*run)(void); };
extern const struct listing listings[];
