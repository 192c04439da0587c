/* The project's own single precision functions.
 *
 * Each is a fixed sequence of IEEE +, -, *, / and integer operations on the bits, without a call into libm, so
 * every platform and every implementation gives the same bits. The build must not contract a*b+c
 * (-ffp-contract=off) and must evaluate floats as floats.
 *
 * There is no branch that depends on the data: where a case differs, both sides are computed and one is chosen, which is
 * what a vector unit does. The Rust twin is crates/prospector-core/src/math.rs.
 *
 * Error bounds are in units in the last place (ulp) against the exact result, measured over all floats of
 * the domain; crates/prospector-parity/tests/math.rs asserts them over a dense sweep. A NaN argument gives the NaN 0x7fc00000. */
#ifndef PROSPECTOR_MATH_H
#define PROSPECTOR_MATH_H

#include <float.h>
#include <math.h> /* sqrtf alone, which IEEE 754 defines exactly */

_Static_assert(FLT_EVAL_METHOD == 0, "float expressions must be evaluated in float");

#define PR_TWO_PI 0x1.921fb6p+2f /* 2*pi rounded to float, 6.2831855 */

/* The lesser and the greater of two; b if either is a NaN (the vector instructions minps and maxps do the same). */
static inline float pr_min(float a, float b) { return a < b ? a : b; }
static inline float pr_max(float a, float b) { return a > b ? a : b; }

/* x limited to [lo, hi]; a NaN x stays as it is. */
static inline float pr_clamp(float x, float lo, float hi) { return x < lo ? lo : (x > hi ? hi : x); }

float pr_exp(float x);
float pr_ln(float x);
float pr_ln1p(float x);
float pr_sin(float x);
float pr_cos(float x);
float pr_sigmoid(float x);
float pr_pow_int(float x, int n);
float pr_decay14(int dt);

#endif
