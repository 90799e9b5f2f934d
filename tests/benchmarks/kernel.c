/* The practical limit of the vectorized core: all-together for many replicas, left to right, nothing fused.
   Compiled by the benchmark with -O3 -march=native -ffp-contract=off -fopenmp. */
#include <stddef.h>
#define LANES 64
#define INPUTS 3
#define HIDDEN 4

void three_layers(double *weights_0_1, double *weights_1_2, const double *lights, const double *goals,
                  double alpha, double *errors, ptrdiff_t rows, ptrdiff_t iterations, ptrdiff_t replicas)
{
#pragma omp parallel for schedule(static)
    for (ptrdiff_t start = 0; start < replicas; start += LANES) {
        ptrdiff_t count = replicas - start < LANES ? replicas - start : LANES;
        double w01[INPUTS][HIDDEN][LANES] = {{{0}}}, w12[HIDDEN][LANES] = {{0}}, layer_1[HIDDEN][LANES], layer_2[LANES], error[LANES];
        for (int h = 0; h < HIDDEN; h++) {
            for (ptrdiff_t r = 0; r < count; r++) w12[h][r] = weights_1_2[h * replicas + start + r];
            for (int i = 0; i < INPUTS; i++)
                for (ptrdiff_t r = 0; r < count; r++) w01[i][h][r] = weights_0_1[(i * HIDDEN + h) * replicas + start + r];
        }
        for (ptrdiff_t iteration = 0; iteration < iterations; iteration++) {
            for (int r = 0; r < LANES; r++) error[r] = 0.0;
            for (ptrdiff_t row = 0; row < rows; row++) {
                const double *x = lights + row * INPUTS;
                double goal = goals[row];
#pragma omp simd
                for (int r = 0; r < LANES; r++) {
                    double total = 0.0;
                    for (int h = 0; h < HIDDEN; h++) {
                        double z = 0.0;
                        for (int i = 0; i < INPUTS; i++) z += x[i] * w01[i][h][r];
                        z = (z > 0.0 ? 1.0 : 0.0) * z;
                        layer_1[h][r] = z;
                        total += z * w12[h][r];
                    }
                    layer_2[r] = total - goal;
                    error[r] += layer_2[r] * layer_2[r];
                    for (int h = 0; h < HIDDEN; h++) {
                        double z = layer_1[h][r];
                        double delta = (0.0 + layer_2[r] * w12[h][r]) * (z > 0.0 ? 1.0 : 0.0);
                        w12[h][r] -= alpha * (0.0 + z * layer_2[r]);
                        for (int i = 0; i < INPUTS; i++) w01[i][h][r] -= alpha * (0.0 + x[i] * delta);
                    }
                }
            }
            for (ptrdiff_t r = 0; r < count; r++) errors[iteration * replicas + start + r] = error[r];
        }
        for (int h = 0; h < HIDDEN; h++) {
            for (ptrdiff_t r = 0; r < count; r++) weights_1_2[h * replicas + start + r] = w12[h][r];
            for (int i = 0; i < INPUTS; i++)
                for (ptrdiff_t r = 0; r < count; r++) weights_0_1[(i * HIDDEN + h) * replicas + start + r] = w01[i][h][r];
        }
    }
}
