/* The listings of chapters 6 and 7 that compute in floating point, written again from the chapters' text. */
#include "conforming.h"
#include <string.h>

enum { INPUTS = 3, MOST_HIDDEN = 4 };

static const double streetlights[6][INPUTS] = {{1, 0, 1}, {0, 1, 1}, {0, 0, 1}, {1, 1, 1}, {0, 1, 1}, {1, 0, 1}};
static const double walk_vs_stop[6] = {0, 1, 0, 1, 1, 0};
static const double uncorrelated[4][INPUTS] = {{1, 0, 1}, {0, 1, 1}, {0, 0, 1}, {1, 1, 1}};
static const double uncorrelated_goals[4] = {1, 1, 0, 0};
static const double start[INPUTS] = {0.5, 0.48, -0.7};

static void print_all(const double *figures, int count)
{
    for (int i = 0; i < count; i++)
        print(figures[i]);
}

static double relu(double x) { return x > 0 ? x : 0; }

/* 6.5 to 6.7: one layer */

static void single_example(void)
{
    double weights[INPUTS];
    memcpy(weights, start, sizeof start);
    for (int iteration = 0; iteration < 20; iteration++) {
        double prediction = dot(streetlights[0], 1, weights, 1, INPUTS);
        double error = square(walk_vs_stop[0] - prediction), delta = prediction - walk_vs_stop[0];
        for (int i = 0; i < INPUTS; i++)
            weights[i] -= 0.1 * (streetlights[0][i] * delta);
        print(error);
        print(prediction);
    }
}

static void descend(double *weights, int lights, int iterations, int shown)
{
    memcpy(weights, start, sizeof start);
    for (int iteration = 0; iteration < iterations; iteration++) {
        double total = 0;
        for (int row = 0; row < lights; row++) {
            double prediction = dot(streetlights[row], 1, weights, 1, INPUTS);
            if (shown) {
                total += square(walk_vs_stop[row] - prediction);
                print(prediction);
            }
            double delta = prediction - walk_vs_stop[row];
            for (int i = 0; i < INPUTS; i++)
                weights[i] -= 0.1 * (streetlights[row][i] * delta);
        }
        if (shown)
            print(total);
    }
}

static void whole_dataset(void)
{
    double weights[INPUTS];
    descend(weights, 6, 40, 1);
}

static void gradient_descent(void)
{
    static const int sizes[3] = {1, 3, 6};
    for (int size = 0; size < 3; size++) {
        double weights[INPUTS], total = 0;
        memcpy(weights, start, sizeof start);
        for (int iteration = 0; iteration < 40; iteration++) {
            total = 0;
            for (int first = 0; first < 6; first += sizes[size]) {
                double change[INPUTS] = {0};
                for (int row = first; row < first + sizes[size]; row++) {
                    double prediction = dot(streetlights[row], 1, weights, 1, INPUTS);
                    total += square(walk_vs_stop[row] - prediction);
                    for (int i = 0; i < INPUTS; i++)
                        change[i] += streetlights[row][i] * (prediction - walk_vs_stop[row]);
                }
                for (int i = 0; i < INPUTS; i++)
                    weights[i] -= 0.1 * (change[i] / sizes[size]);
            }
        }
        print(total);
        print_all(weights, INPUTS);
    }
}

static void predict_all(const double *weights, int with_weights)
{
    if (with_weights)
        print_all(weights, INPUTS);
    for (int row = 0; row < 6; row++)
        print(dot(streetlights[row], 1, weights, 1, INPUTS));
}

static void overfitting(void)
{
    static const double middles[4] = {-1, 0, 0.48, 1};
    double weights[INPUTS] = {0.5, 0, -0.5};
    for (int i = 0; i < 4; i++) {
        weights[1] = middles[i];
        predict_all(weights, 1);
    }
    descend(weights, 2, 200, 0);
    predict_all(weights, 1);
}

static void conflicting_pressure(void)
{
    static const int iterations[5] = {0, 10, 20, 40, 80};
    double weights[INPUTS];
    for (int i = 0; i < 5; i++) {
        descend(weights, 6, iterations[i], 0);
        print_all(weights, INPUTS);
    }
    for (int sign = 1; sign >= -1; sign -= 2) {
        double fixed[INPUTS] = {0, 1, sign * 0.25};
        predict_all(fixed, 0);
    }
}

/* 6.19 to 6.26: three layers; w01 has a row for each input, w12 one output */

struct network { int hidden, linear; double w01[INPUTS * MOST_HIDDEN], w12[MOST_HIDDEN]; };

static struct network drawn_network(int hidden, int linear, int skip)
{
    struct network net = {hidden, linear, {0}, {0}};
    double weights[INPUTS * MOST_HIDDEN + MOST_HIDDEN];
    random_weights(weights, INPUTS * hidden + hidden, skip);
    memcpy(net.w01, weights, INPUTS * hidden * sizeof *weights);
    memcpy(net.w12, weights + INPUTS * hidden, hidden * sizeof *weights);
    return net;
}

static double predict(const struct network *net, const double *layer_0, double *layer_1)
{
    for (int h = 0; h < net->hidden; h++) {
        double sum = dot(layer_0, 1, net->w01 + h, net->hidden, INPUTS);
        layer_1[h] = net->linear ? sum : relu(sum);
    }
    return dot(layer_1, 1, net->w12, 1, net->hidden);
}

/* The sign is that of delta: 6.24 has goal - prediction and adds, 6.26 prediction - goal and subtracts. */
static void train(struct network *net, int sign, int shown)
{
    for (int iteration = 0; iteration < 60; iteration++) {
        double total = 0;
        for (int row = 0; row < 4; row++) {
            double layer_1[MOST_HIDDEN], layer_1_delta[MOST_HIDDEN];
            double layer_2 = predict(net, uncorrelated[row], layer_1);
            double error = layer_2 - uncorrelated_goals[row], layer_2_delta = sign * error;
            total += error * error;
            for (int h = 0; h < net->hidden; h++)
                layer_1_delta[h] = layer_2_delta * net->w12[h] * (net->linear || layer_1[h] > 0);
            for (int h = 0; h < net->hidden; h++)
                net->w12[h] -= sign * (0.2 * (layer_1[h] * layer_2_delta));
            for (int i = 0; i < INPUTS; i++)
                for (int h = 0; h < net->hidden; h++)
                    net->w01[i * net->hidden + h] -= sign * (0.2 * (uncorrelated[row][i] * layer_1_delta[h]));
        }
        if (shown && iteration % 10 == 9)
            print(total);
    }
}

static void all_together(void)
{
    struct network net = drawn_network(4, 0, 0);
    train(&net, 1, 1);
}

static void backpropagation(void)
{
    struct network net = drawn_network(4, 0, 0);
    train(&net, -1, 1);
}

static void linear_collapse(void)
{
    struct network net = drawn_network(4, 1, 0);
    double layer_1[MOST_HIDDEN], one[INPUTS];
    print(1 * 0.25 * 0.9);
    print(1 * 0.225);
    train(&net, 1, 1);
    for (int row = 0; row < 4; row++)
        print(predict(&net, uncorrelated[row], layer_1));
    for (int i = 0; i < INPUTS; i++)
        one[i] = dot(net.w01 + 4 * i, 1, net.w12, 1, 4);
    for (int row = 0; row < 4; row++)
        print(dot(uncorrelated[row], 1, one, 1, INPUTS));
}

static void first_deep_network(void)
{
    for (int draw = 0; draw < 2; draw++) {
        struct network net = drawn_network(4, 0, 16 * draw);
        double layer_1[MOST_HIDDEN], layer_2 = predict(&net, uncorrelated[0], layer_1);
        print_all(net.w01, 12);
        print_all(net.w12, 4);
        print_all(layer_1, 4);
        print(layer_2);
    }
}

static void one_iteration(void)
{
    struct network net = drawn_network(3, 0, 0);
    double layer_1[3], layer_2_delta, delta[3], change_1_2[3], change_0_1[9];
    print_all(net.w01, 9);
    print_all(net.w12, 3);
    layer_2_delta = predict(&net, uncorrelated[0], layer_1);
    print_all(layer_1, 3);
    print(layer_2_delta);
    layer_2_delta -= uncorrelated_goals[0];
    print(layer_2_delta * layer_2_delta);
    print(layer_2_delta);
    for (int h = 0; h < 3; h++)
        delta[h] = layer_2_delta * net.w12[h];
    print_all(delta, 3);
    for (int h = 0; h < 3; h++) {
        delta[h] *= layer_1[h] > 0;
        change_1_2[h] = layer_1[h] * layer_2_delta;
        for (int i = 0; i < INPUTS; i++)
            change_0_1[3 * i + h] = uncorrelated[0][i] * delta[h];
    }
    print_all(delta, 3);
    print_all(change_1_2, 3);
    print_all(change_0_1, 9);
    for (int h = 0; h < 3; h++)
        print(net.w12[h] - 0.2 * change_1_2[h]);
    for (int i = 0; i < 9; i++)
        print(net.w01[i] - 0.2 * change_0_1[i]);
}

static void network_predicts(void)
{
    struct network net = drawn_network(4, 0, 0);
    double layer_1[MOST_HIDDEN];
    train(&net, 1, 0);
    print_all(net.w01, 12);
    print_all(net.w12, 4);
    for (int row = 0; row < 4; row++) {
        double layer_2 = predict(&net, uncorrelated[row], layer_1);
        print_all(layer_1, 4);
        print(layer_2);
        print(predict(&net, uncorrelated[row], layer_1));
    }
}

const struct listing listings[] = {
    {"single-example", single_example}, {"whole-dataset", whole_dataset}, {"gradient-descent", gradient_descent},
    {"overfitting", overfitting}, {"conflicting-pressure", conflicting_pressure}, {"linear-collapse", linear_collapse},
    {"first-deep-network", first_deep_network}, {"backpropagation", backpropagation}, {"one-iteration", one_iteration},
    {"all-together", all_together}, {"network-predicts", network_predicts}, {0, 0}};
