/* rules 1: random numbers */
#include <math.h>

#include "math.h"
#include "prospector.h"

#define MULTIPLIER UINT64_C(6364136223846793005)

static void advance(PrRng *rng) { rng->state = rng->state * MULTIPLIER + rng->inc; }

void pr_rng_seed(PrRng *rng, uint64_t seed, uint64_t stream) {
    rng->state = 0;
    rng->inc = (stream << 1) | 1;
    advance(rng);
    rng->state += seed;
    advance(rng);
}

/* PCG XSH-RR 64/32: the output comes from the state before the advance. */
uint32_t pr_u32(PrRng *rng) {
    uint64_t old = rng->state;
    advance(rng);
    uint32_t shifted = (uint32_t)(((old >> 18) ^ old) >> 27);
    uint32_t rotation = (uint32_t)(old >> 59);
    return (shifted >> rotation) | (shifted << ((32 - rotation) & 31));
}

/* In [0, 1]: the conversion rounds to nearest, so 1.0 can occur. */
float pr_f(PrRng *rng) { return (float)pr_u32(rng) * 0x1p-32f; }

uint32_t pr_range(PrRng *rng, uint32_t lo, uint32_t hi) {
    if (hi <= lo) return lo;
    return lo + pr_u32(rng) % (hi - lo);
}

float pr_uniform(PrRng *rng, float a, float b) { return a + (b - a) * pr_f(rng); }

float pr_exp1(PrRng *rng) { return -pr_ln(pr_max(pr_f(rng), 1e-8f)); }

float pr_normal(PrRng *rng, float mean, float deviation) {
    float f1 = pr_f(rng);
    float f2 = pr_f(rng);
    /* order: (deviation * radius) * cosine, added to the mean */
    return mean + deviation * sqrtf(-2.0f * pr_ln(pr_max(f1, 1e-8f))) * pr_cos(PR_TWO_PI * f2);
}

float pr_lognormal(PrRng *rng, float mean, float deviation) { return pr_exp(pr_normal(rng, mean, deviation)); }

float pr_beta32(PrRng *rng) {
    float a = pr_exp1(rng);
    a += pr_exp1(rng);
    a += pr_exp1(rng);
    float b = pr_exp1(rng);
    b += pr_exp1(rng);
    float sum = a + b;
    return sum == 0.0f ? 0.5f : a / sum;
}

void pr_dirichlet6(PrRng *rng, float out[PR_COMMODITIES]) {
    float sum = 0.0f;
    for (int c = 0; c < PR_COMMODITIES; c++) {
        out[c] = pr_exp1(rng);
        sum += out[c];
    }
    for (int c = 0; c < PR_COMMODITIES; c++) out[c] = sum == 0.0f ? 1.0f / 6.0f : out[c] / sum;
}
