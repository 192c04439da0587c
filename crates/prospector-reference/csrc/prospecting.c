/* rules 4: scan, 4.2 mine, 4.3 refine */
#include <math.h>

#include "math.h"
#include "prospector.h"

/* Floors each share at 1e-8 and divides by the sum. */
void pr_normalise_floored(float comp[PR_COMMODITIES]) {
    float sum = 0.0f;
    for (int c = 0; c < PR_COMMODITIES; c++) {
        comp[c] = pr_max(comp[c], 1e-8f);
        sum += comp[c];
    }
    for (int c = 0; c < PR_COMMODITIES; c++) comp[c] = comp[c] / sum;
}

void pr_scan(PrEnv *env, int slot, int mode) {
    static const float blend_of[3] = {0.22f, 0.42f, 0.80f};
    static const float gain_of[3] = {0.10f, 0.20f, 0.45f};
    static const float noise_of[3] = {1.35f, 1.0f, 0.55f};
    PrAsteroid *a = &env->nodes[env->node].asteroids[slot];
    float blend = blend_of[mode];
    float sigma = a->noise * (1.0f - a->scan_conf + 0.1f) * noise_of[mode];
    float noisy[PR_COMMODITIES];
    for (int c = 0; c < PR_COMMODITIES; c++) noisy[c] = a->true_comp[c] + pr_normal(&env->rng, 0.0f, sigma);
    pr_normalise_floored(noisy);
    for (int c = 0; c < PR_COMMODITIES; c++) a->comp_est[c] = (1.0f - blend) * a->comp_est[c] + blend * noisy[c];
    pr_normalise_floored(a->comp_est);
    float s = pr_clamp(a->stability + pr_normal(&env->rng, 0.0f, sigma), 0.0f, 1.0f);
    a->stability_est = pr_clamp((1.0f - blend) * a->stability_est + blend * s, 0.0f, 1.0f);
    a->scan_conf = pr_clamp(a->scan_conf + gain_of[mode], 0.0f, 1.0f);
}

static void maybe_fracture(PrEnv *env, PrAsteroid *a, float bias, float heat_f, float tool_f) {
    float draw = pr_f(&env->rng);
    /* order: the terms from the left, as the rules list them */
    float logit = -3.1f + bias + 2.5f * (1.0f - a->stability) + 2.2f * pr_max(0.0f, heat_f - 0.7f) + 1.5f * (1.0f - tool_f);
    if (env->stabilize_buff[env->selected] > 0) logit -= 1.1f;
    if (draw >= pr_sigmoid(logit)) return;
    float severity = pr_uniform(&env->rng, 0.5f, 1.0f);
    env->hull -= 12.0f * severity;
    a->depletion = 1.0f;
    PrNode *node = &env->nodes[env->node];
    node->hazard = pr_clamp(node->hazard + 0.1f, 0.0f, 1.0f);
    PrEvent *event = pr_emit(env, PR_EVENT_FRACTURE);
    event->a = env->selected;
    event->v[0] = severity;
    event->v[1] = 12.0f * severity;
}

void pr_mine(PrEnv *env, int mode) {
    static const float yield_of[3] = {0.80f, 1.15f, 1.55f};
    static const float heat_of[3] = {2.0f, 4.0f, 7.0f};
    static const float wear_of[3] = {0.8f, 1.6f, 2.8f};
    static const float alert_of[3] = {1.2f, 2.2f, 4.0f};
    static const float sigma_of[3] = {0.05f, 0.10f, 0.16f};
    static const float bias_of[3] = {-0.7f, 0.0f, 0.8f};
    PrAsteroid *a = &env->nodes[env->node].asteroids[env->selected];
    float tool_f = pr_clamp(env->tool / 100.0f, 0.0f, 1.0f);
    float heat_f = pr_clamp(env->heat / 100.0f, 0.0f, 2.0f);
    float eff_tool = 0.4f + 0.6f * tool_f;
    float eff_heat = heat_f <= 0.7f ? 1.0f : pr_max(0.1f, 1.0f - (heat_f - 0.7f) / 0.3f);
    float noise = pr_exp(pr_normal(&env->rng, 0.0f, sigma_of[mode]));
    float extracted[PR_COMMODITIES];
    float total = 0.0f;
    for (int c = 0; c < PR_COMMODITIES; c++) {
        extracted[c] = a->richness * (1.0f - a->depletion) * eff_tool * eff_heat * yield_of[mode] * noise * a->true_comp[c];
        total += extracted[c];
    }
    float space = pr_max(0.0f, PR_CARGO_MAX - pr_cargo_total(env));
    if (total > space) {
        /* order: scale = space / total; the new total is the sum of the scaled amounts */
        float scale = space / total;
        total = 0.0f;
        for (int c = 0; c < PR_COMMODITIES; c++) {
            extracted[c] *= scale;
            total += extracted[c];
        }
    }
    for (int c = 0; c < PR_COMMODITIES; c++) env->cargo[c] += extracted[c];
    env->heat += heat_of[mode];
    env->alert += alert_of[mode];
    env->tool -= wear_of[mode];
    a->depletion = pr_clamp(a->depletion + 0.01f * total, 0.0f, 1.0f);
    env->mining_ticks += 1;
    PrEvent *event = pr_emit(env, PR_EVENT_MINE);
    event->a = (uint8_t)mode;
    event->b = env->selected;
    for (int c = 0; c < PR_COMMODITIES; c++) event->v[c] = extracted[c];
    event->v[6] = total;
    maybe_fracture(env, a, bias_of[mode], heat_f, tool_f);
}

void pr_refine(PrEnv *env) {
    float low = env->cargo[PR_IRON] + env->cargo[PR_NICKEL];
    if (low == 0.0f) return;
    /* order: "shrink by 15 %" is a product with 0.85 */
    env->cargo[PR_IRON] *= 0.85f;
    env->cargo[PR_NICKEL] *= 0.85f;
    env->cargo[PR_RARE_ISOTOPES] += 0.65f * 0.15f * low;
}
