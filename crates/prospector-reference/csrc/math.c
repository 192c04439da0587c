#include "math.h"

#include <stdint.h>
#include <string.h>

static uint32_t bits_of(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static float float_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* One NaN for all, because IEEE 754 leaves the bits of a computed NaN open. */
static float nan_stays_nan(float x, float result) { return x == x ? result : float_of(0x7fc00000u); }

/* ln 2 in two parts: n * LN2_HI is exact for |n| < 2^9, LN2_LO is the rest. */
#define LN2_HI 0x1.62e4p-1f
#define LN2_LO 0x1.7f7d1cp-20f

/* e^x.
 * Method: n = x/ln 2 rounded to nearest (ties to even), by adding and taking away 1.5 * 2^23; r = x - n ln 2, |r| <= 0.3467, as a
 * float and as the exact pair high - low; e^r = 1 + r + r^2 P(r), P of degree 5 (minimax, relative error of e^r 2^-33.2), its
 * second term taken from the pair; n is added to the exponent bits.
 * Domain: all floats. Below ln(2^-126) = -87.33655 the result is 0 (no subnormal results), above ln(FLT_MAX) it is infinity.
 * Error: at most 0.87 ulp. */
float pr_exp(float x) {
    const float magic = 0x1.8p+23f;
    const float least = -0x1.5d589ep+6f;   /* the least float whose e^x is a normal float */
    const float greatest = 0x1.62e42ep+6f; /* the greatest float whose e^x is finite */
    float y = pr_clamp(x, least, greatest);
    float shifted = y * 0x1.715476p+0f + magic; /* its low bits hold n */
    float n = shifted - magic;
    float high = y - n * LN2_HI;
    float low = n * LN2_LO;
    float r = high - low;
    float p = 0x1.9dfbb2p-13f;
    p = p * r + 0x1.6d4cc0p-10f;
    p = p * r + 0x1.11130ep-7f;
    p = p * r + 0x1.5554e8p-5f;
    p = p * r + 0x1.555554p-3f;
    p = p * r + 0.5f;
    float mantissa = 1.0f + (high + (p * (r * r) - low));
    float result = float_of(bits_of(mantissa) + (bits_of(shifted) << 23));
    result = x < least ? 0.0f : result;
    result = x > greatest ? float_of(0x7f800000u) : result;
    return nan_stays_nan(x, result);
}

/* ln(x) + correction, for a positive normal x and a small correction.
 * Method: x = 2^e (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), both from the bits and exact; ln(1 + f) = f - f^2/2 + f^3 P(f),
 * P of degree 8 (minimax, relative error of ln(1 + f) 2^-30.2); small terms are summed first. */
static float ln_corrected(float x, float correction) {
    const uint32_t sqrt_half = 0x3f3504f3u;
    uint32_t offset = bits_of(x) - sqrt_half;
    float e = (float)((int32_t)offset >> 23);
    float f = float_of((offset & 0x007fffffu) + sqrt_half) - 1.0f;
    float p = 0x1.14720ep-4f;
    p = p * f + -0x1.de00e8p-4f;
    p = p * f + 0x1.e6bff2p-4f;
    p = p * f + -0x1.fc28dep-4f;
    p = p * f + 0x1.233ba4p-3f;
    p = p * f + -0x1.555c44p-3f;
    p = p * f + 0x1.99a476p-3f;
    p = p * f + -0x1.000006p-2f;
    p = p * f + 0x1.555548p-2f;
    float square = f * f;
    float small = (square * f) * p + (e * LN2_LO + correction);
    return e * LN2_HI + (f - (0.5f * square - small));
}

/* Natural logarithm. Method: ln_corrected.
 * Domain: normal positive floats. Outside it: anything below 2^-126 (subnormals, zero, negatives) gives -infinity,
 * infinity gives infinity.
 * Error: at most 0.83 ulp. */
float pr_ln(float x) {
    float result = ln_corrected(x, 0.0f);
    result = x < FLT_MIN ? float_of(0xff800000u) : result;
    result = x > FLT_MAX ? x : result;
    return nan_stays_nan(x, result);
}

/* ln(1 + x), accurate for small x.
 * Method: u = 1 + x rounded; the rounding's error c = (1 + x) - u is exact; ln(1 + x) = ln(u) + c/u up to (c/u)^2/2.
 * Domain: x >= 0. Outside it: a negative x counts as 0, infinity gives infinity.
 * Error: at most 0.85 ulp. */
float pr_ln1p(float x) {
    float y = x < 0.0f ? 0.0f : x;
    float u = 1.0f + y;
    float c = y < 1.0f ? y - (u - 1.0f) : 1.0f - (u - y);
    float result = ln_corrected(u, c / u);
    result = x > FLT_MAX ? x : result;
    return nan_stays_nan(x, result);
}

/* sin(x + quarters * pi/2).
 * Method: in double, n = x * 2/pi rounded to nearest (ties to even) by adding and taking away 1.5 * 2^52;
 * r = x - n pi/2 with pi/2 = HI + LO, HI of 33 bits so that n * HI is exact for |n| <= 2^20; r is then cut into two floats, r and
 * the rest. In float, with z = r^2: sin = r + r^3 S(z), cos = 1 - z/2 + z^2 C(z), S and C of degree 2 (minimax, relative
 * errors 2^-27.9 and 2^-33.0), each with the first order term of the rest, and cos with what 1 - z/2 lost in rounding; the
 * quadrant chooses. */
static float sin_quarters(float x, uint32_t quarters) {
    const double magic = 0x1.8p+52;
    const double half_pi_hi = 0x1.921fb544p+0;
    const double half_pi_lo = 0x1.0b4611a626331p-34;
    float y = pr_clamp(x, -1.0e6f, 1.0e6f);
    double shifted = (double)y * 0x1.45f306dc9c883p-1 + magic; /* its low bits hold n */
    double n = shifted - magic;
    double reduced = ((double)y - n * half_pi_hi) - n * half_pi_lo;
    float r = (float)reduced;
    float rest = (float)(reduced - (double)r);
    uint64_t shifted_bits;
    memcpy(&shifted_bits, &shifted, sizeof shifted_bits);
    uint32_t quadrant = (uint32_t)shifted_bits + quarters;

    float z = r * r;
    float s = -0x1.995408p-13f;
    s = s * z + 0x1.110778p-7f;
    s = s * z + -0x1.555546p-3f;
    s = r + ((r * z) * s + rest);
    float c = 0x1.99e80cp-16f;
    c = c * z + -0x1.6c0c28p-10f;
    c = c * z + 0x1.55554ap-5f;
    float half = 0.5f * z;
    float most = 1.0f - half;
    c = most + (((1.0f - most) - half) + ((z * z) * c - r * rest));

    float chosen = (quadrant & 1u) ? c : s;
    float result = float_of(bits_of(chosen) ^ ((quadrant & 2u) << 30));
    return nan_stays_nan(x, pr_clamp(result, -1.0f, 1.0f));
}

/* Sine and cosine of x radians, in [-1, 1]. Method: sin_quarters.
 * Domain: |x| <= 1e6. Outside it (infinities too): the value at the domain's nearer end.
 * Error: at most 0.91 ulp. */
float pr_sin(float x) { return sin_quarters(x, 0u); }
float pr_cos(float x) { return sin_quarters(x, 1u); }

/* The logistic function 1 / (1 + e^-x).
 * Domain: all floats; exactly 0 from x = -88.73 down (e^-x is infinite), exactly 1 from x = 17 up.
 * Error: at most 2.5 ulp (2.0 ulp for |x| <= 8), and never more than two floats from the correctly rounded result. */
float pr_sigmoid(float x) { return 1.0f / (1.0f + pr_exp(-x)); }

/* x^n as the product x * x * ... from the left. Domain: n in 1..8; an n outside it counts as the nearer end.
 * Error: one rounding a product, at most (n - 1)/2 ulp relative. */
float pr_pow_int(float x, int n) {
    float product = x;
    for (int i = 1; i < 8; i++) {
        product = i < n ? product * x : product;
    }
    return product;
}

/* e^(-dt/14), from a table. Domain: dt in 1..8; a dt outside it counts as the nearer end. Error: correctly rounded. */
float pr_decay14(int dt) {
    static const float table[8] = {
        0x1.dcb442p-1f, 0x1.bbd76cp-1f, 0x1.9d3e8ap-1f, 0x1.80c1a2p-1f,
        0x1.663b7ap-1f, 0x1.4d896cp-1f, 0x1.368b30p-1f, 0x1.2122bcp-1f,
    };
    int index = dt < 1 ? 0 : (dt > 8 ? 7 : dt - 1);
    return table[index];
}
