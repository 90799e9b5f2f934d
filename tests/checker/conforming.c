/* Compiled with -ffp-contract=off: what is fused is fused by choice. */
#include "conforming.h"
#include <math.h>
#include <stdlib.h>

struct choices choices;

static uint64_t scrambled(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

static uint64_t state;

uint64_t drawn(void)
{
    return scrambled(state += 0x9e3779b97f4a7c15ULL);
}

static uint32_t chosen(void)
{
    if (choices.next == choices.count) {
        if (choices.count == choices.room) {
            choices.room = 2 * choices.room + 1024;
            choices.at = realloc(choices.at, choices.room * sizeof *choices.at);
        }
        choices.at[choices.count++] = (uint32_t)drawn();
    }
    return choices.at[choices.next++];
}

/* Terms meet two at a time, at random: any binary tree of additions.  A product that nobody added to yet may enter exactly. */
double dot(const double *a, int a_step, const double *b, int b_step, int k)
{
    double x[8], y[8], sum[8];
    int is_product[8];
    uint64_t choice = chosen();
    for (int i = 0; i < k; i++) {
        x[i] = a[i * a_step];
        y[i] = b[i * b_step];
        sum[i] = x[i] * y[i];
        is_product[i] = 1;
    }
    while (k > 1) {
        choice = scrambled(choice + 0x9e3779b97f4a7c15ULL);
        int i = choice % k, j = (choice >> 16) % (k - 1), fused = choice >> 32 & 1;
        j += j >= i;
        sum[j] = fused && is_product[i] ? fma(x[i], y[i], sum[j]) : sum[i] + sum[j];
        is_product[j] = 0;
        k--;
        x[i] = x[k]; y[i] = y[k]; sum[i] = sum[k]; is_product[i] = is_product[k];
    }
    return sum[0];
}

double square(double x)
{
    double nearest = x * x, rest = fma(x, x, -nearest);
    if (chosen() & 1 || rest == 0)
        return nearest;
    return nextafter(nearest, rest > 0 ? INFINITY : -INFINITY);
}

/* M. Matsumoto, T. Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998); 53 bits of two draws, as NumPy takes them. */
void random_weights(double *weights, int count, int skip)
{
    enum { N = 624, M = 397 };
    uint32_t mt[N];
    int used = N;
    mt[0] = 1;
    for (int i = 1; i < N; i++)
        mt[i] = 1812433253U * (mt[i - 1] ^ (mt[i - 1] >> 30)) + i;
    for (int draw = 0; draw < skip + count; draw++) {
        uint32_t parts[2];
        for (int part = 0; part < 2; part++) {
            if (used == N) {
                for (int i = 0; i < N; i++) {
                    uint32_t y = (mt[i] & 0x80000000U) | (mt[(i + 1) % N] & 0x7fffffffU);
                    mt[i] = mt[(i + M) % N] ^ (y >> 1) ^ (y & 1 ? 0x9908b0dfU : 0);
                }
                used = 0;
            }
            uint32_t y = mt[used++];
            y ^= y >> 11;
            y ^= (y << 7) & 0x9d2c5680U;
            y ^= (y << 15) & 0xefc60000U;
            parts[part] = y ^ (y >> 18);
        }
        if (draw >= skip)
            weights[draw - skip] = 2 * (((parts[0] >> 5) * 67108864.0 + (parts[1] >> 6)) / 9007199254740992.0) - 1;
    }
}
