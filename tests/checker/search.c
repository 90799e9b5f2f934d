/* Climb towards the ends of each figure and towards what was not reached yet.

   Reads from standard input, numbers as C reads them (hexadecimal ones too):
       LISTING EVALUATIONS SEED FIGURES
       for each figure: low high   print_low print_high   exact_high exact_low   radius   variants  then so many numbers
   and writes a line for each figure: how many evaluations lay outside, the lowest and highest value, how many of the variants
   were reached, the largest distance from the exact value over the radius. */
#include "conforming.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BINS = 64 };

struct figure {
    double low, high, print_low, print_high, exact_high, exact_low, radius, *variants;
    int variant_count, cells;
    struct choices *reached;   /* for each variant, or bin between low and high: an evaluation that had it */
    double lowest, highest, ratio;
    struct choices at_lowest, at_highest;
    long outside;
};

static struct figure *figures;
static int figure_count, printed;
static double *values;

void print(double value)
{
    if (printed < figure_count)
        values[printed] = value;
    printed++;
}

static void keep(struct choices *kept)
{
    kept->at = realloc(kept->at, (choices.next + 1) * sizeof *kept->at);
    memcpy(kept->at, choices.at, choices.next * sizeof *kept->at);
    kept->count = choices.next;
}

static int cell_of(const struct figure *figure, double value)
{
    if (!figure->variant_count)
        return figure->high > figure->low ? (int)((value - figure->low) / (figure->high - figure->low) * (BINS - 1)) : 0;
    for (int i = 0; i < figure->variant_count; i++)
        if (figure->variants[i] == value)
            return i;
    return -1;
}

static void note(void)
{
    for (int f = 0; f < figure_count; f++) {
        struct figure *figure = figures + f;
        double value = values[f];
        double distance = fabs((value - figure->exact_high) - figure->exact_low);
        int cell = -1;
        if (value >= figure->low && value <= figure->high && value >= figure->print_low && value <= figure->print_high)
            cell = cell_of(figure, value);
        if (cell < 0 || distance > figure->radius * (1 + 0x1p-40) + fabs(figure->exact_high) * 0x1p-150) {
            figure->outside++;
            if (cell < 0)
                continue;
        }
        if (figure->radius > 0 && distance / figure->radius > figure->ratio)
            figure->ratio = distance / figure->radius;
        if (figure->low == figure->high) {
            figure->lowest = figure->highest = value;
            if (cell >= 0 && !figure->reached[cell].count)
                figure->reached[cell].count = 1;  /* nowhere to climb to */
            continue;
        }
        if (!figure->reached[cell].at || drawn() % 8 == 0)  /* an equal one is as good, and leads elsewhere */
            keep(figure->reached + cell);
        if (value < figure->lowest) {
            figure->lowest = value;
            keep(&figure->at_lowest);
        }
        if (value > figure->highest) {
            figure->highest = value;
            keep(&figure->at_highest);
        }
    }
}

/* A parent: the evaluation nearest to a variant that was not reached, or at an end of a figure. */
static const struct choices *parent(void)
{
    for (int trial = 0; trial < 16; trial++) {
        struct figure *figure = figures + drawn() % figure_count;
        if (figure->low == figure->high)
            continue;
        if (drawn() % 4 == 0)
            return drawn() & 1 && figure->at_lowest.at ? &figure->at_lowest : figure->at_highest.at ? &figure->at_highest : 0;
        int wanted = drawn() % figure->cells, cell;
        for (int look = 0; look < figure->cells && figure->reached[wanted].at; look++)
            wanted = (wanted + 1) % figure->cells;
        for (int away = 0; away < figure->cells; away++)
            for (int side = -1; side <= 1; side += 2)
                if ((cell = wanted + side * away) >= 0 && cell < figure->cells && figure->reached[cell].at)
                    return figure->reached + cell;
    }
    return 0;
}

static void choose_next(long evaluation, long evaluations)
{
    const struct choices *from = evaluation < evaluations / 20 ? 0 : parent();
    choices.next = 0;
    choices.count = 0;
    if (!from || drawn() % 64 == 0) {
        if (drawn() % 4 == 0 && from) {  /* a machine: one order for all */
            uint32_t one = (uint32_t)drawn();
            for (int i = 0; i < from->count; i++)
                choices.at[choices.count++] = one;
        }
        return;
    }
    if (from->count > choices.room)
        choices.at = realloc(choices.at, (choices.room = from->count) * sizeof *choices.at);
    memcpy(choices.at, from->at, from->count * sizeof *choices.at);
    choices.count = from->count;
    int changes = 1 << drawn() % 6;
    for (int change = 0; change < changes; change++)
        choices.at[drawn() % choices.count] = (uint32_t)drawn();
}

static double number(void)
{
    char word[128];
    if (scanf("%127s", word) != 1)
        exit(2);
    return strtod(word, 0);
}

int main(void)
{
    char name[64];
    long evaluations, seed;
    if (scanf("%63s %ld %ld %d", name, &evaluations, &seed, &figure_count) != 4)
        return 2;
    const struct listing *listing = listings;
    while (listing->name && strcmp(listing->name, name))
        listing++;
    if (!listing->name)
        return 2;
    figures = calloc(figure_count, sizeof *figures);
    values = calloc(figure_count, sizeof *values);
    for (struct figure *figure = figures; figure < figures + figure_count; figure++) {
        double *fields[] = {&figure->low, &figure->high, &figure->print_low, &figure->print_high, &figure->exact_high,
                            &figure->exact_low, &figure->radius};
        for (int i = 0; i < 7; i++)
            *fields[i] = number();
        figure->variant_count = (int)number();
        figure->variants = calloc(figure->variant_count + 1, sizeof(double));
        for (int i = 0; i < figure->variant_count; i++)
            figure->variants[i] = number();
        figure->cells = figure->variant_count ? figure->variant_count : BINS;
        figure->reached = calloc(figure->cells, sizeof *figure->reached);
        figure->lowest = INFINITY;
        figure->highest = -INFINITY;
    }
    for (long i = 0; i < seed; i++)
        drawn();
    for (long evaluation = 0; evaluation < evaluations; evaluation++) {
        choose_next(evaluation, evaluations);
        printed = 0;
        listing->run();
        if (printed != figure_count) {
            fprintf(stderr, "%s prints %d figures, the certificates have %d\n", name, printed, figure_count);
            return 2;
        }
        note();
    }
    for (struct figure *figure = figures; figure < figures + figure_count; figure++) {
        int reached = 0;
        for (int i = 0; i < figure->variant_count; i++)
            reached += figure->reached[i].count > 0;
        printf("%ld %a %a %d %.6f\n", figure->outside, figure->lowest, figure->highest, reached, figure->ratio);
    }
    return 0;
}
