/* One training of the second book's three-layer network: every inner product by a random tree, exp anywhere within its ulps.

   Reads  ALPHA STEPS EVERY ULPS SEED LEAN  and writes the error of each EVERYth step.  Compiled with -ffp-contract=off. */
#include "conforming.h"
#include <math.h>
#include <stdio.h>

enum { INPUTS = 3, HIDDEN = 4, ROWS = 4 };

static const double inputs[ROWS][INPUTS] = {{0, 0, 1}, {0, 1, 1}, {1, 0, 1}, {1, 1, 1}};
static const double goals[ROWS] = {0, 1, 1, 0};
static double ulps;
static int lean;

void print(double figure) { printf("%a\n", figure); }

/* As far from exact as its bound allows in one direction (lean 1, -1), or somewhere within (lean 0); 2^-10 ulp is left for expl. */
static double exponential(double x)
{
    if (x == 0)
        return 1;
    long double exact = expl(x);
    double nearest = (double)exact, below = nextafter(nearest, 0);
    double ulp = (long double)nearest > exact ? nearest - below : nextafter(nearest, INFINITY) - nearest;
    double share = lean ? lean * (drawn() % 8 ? 1 : -1) : (double)(drawn() >> 11) * 0x1p-52 - 1;
    double moved = (double)(exact + (long double)(share * (ulps - 0x1p-10)) * ulp);
    long double off = (moved - exact) / ulp;
    return off < ulps - 0x1p-10 && off > 0x1p-10 - ulps ? moved : nearest;
}

static double sigmoid(double x) { return 1 / (1 + exponential(-x)); }

static double slope(double output) { return output * (1 - output); }

int main(void)
{
    double alpha, w[INPUTS * HIDDEN + HIDDEN], *w01 = w, *w12 = w + INPUTS * HIDDEN;
    long steps, every, seed;
    if (scanf("%lf %ld %ld %lf %ld %d", &alpha, &steps, &every, &ulps, &seed, &lean) != 6)
        return 2;
    for (long i = 0; i < seed; i++)
        drawn();
    random_weights(w, INPUTS * HIDDEN + HIDDEN, 0);
    for (long step = 0; step < steps; step++) {
        double layer_1[ROWS][HIDDEN], layer_2_delta[ROWS], layer_1_delta[ROWS][HIDDEN], errors[ROWS], ones[ROWS] = {1, 1, 1, 1};
        choices.next = choices.count = 0;
        for (int row = 0; row < ROWS; row++) {
            for (int h = 0; h < HIDDEN; h++)
                layer_1[row][h] = sigmoid(dot(inputs[row], 1, w01 + h, HIDDEN, INPUTS));
            double layer_2 = sigmoid(dot(layer_1[row], 1, w12, 1, HIDDEN)), error = layer_2 - goals[row];
            errors[row] = fabs(error);
            layer_2_delta[row] = error * slope(layer_2);
            for (int h = 0; h < HIDDEN; h++)
                layer_1_delta[row][h] = layer_2_delta[row] * w12[h] * slope(layer_1[row][h]);
        }
        if (step % every == 0)
            print(dot(errors, 1, ones, 1, ROWS) / ROWS);
        for (int h = 0; h < HIDDEN; h++)
            w12[h] -= alpha * dot(layer_1[0] + h, HIDDEN, layer_2_delta, 1, ROWS);
        for (int i = 0; i < INPUTS; i++)
            for (int h = 0; h < HIDDEN; h++)
                w01[i * HIDDEN + h] -= alpha * dot(inputs[0] + i, INPUTS, layer_1_delta[0] + h, HIDDEN, ROWS);
    }
    return 0;
}
