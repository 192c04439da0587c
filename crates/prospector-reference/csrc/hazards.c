/* rules 4.1 edge exposure, 4.5 (5) node hazard, 4.6 pirates */
#include <math.h>

#include "math.h"
#include "prospector.h"

/* dt is the whole number of ticks, 1..8. */
static void pirate_check(PrEnv *env, float dt, float intensity) {
    if (pr_at_station(env)) return;
    float value = pr_cargo_value(env);
    /* order: the terms from the left, as the rules list them */
    float logit = -4.0f + 3.0f * intensity + 2.2f * pr_clamp(env->alert / 100.0f, 0.0f, 1.0f) + 0.8f * pr_ln1p(value / 1000.0f);
    if (env->escape_buff > 0) logit -= 2.8f;
    float p = 1.0f - pr_pow_int(1.0f - pr_sigmoid(logit), (int)dt);
    if (pr_f(&env->rng) >= p) return;
    env->pirate_encounters += 1;
    float loss = pr_uniform(&env->rng, 0.08f, 0.20f);
    bool decoy_used = env->decoys > 0 && pr_f(&env->rng) < 0.6f;
    if (decoy_used) {
        env->decoys -= 1;
        loss *= 0.3f;
    }
    for (int c = 0; c < PR_COMMODITIES; c++) env->cargo[c] *= 1.0f - loss;
    float fall = value - pr_cargo_value(env);
    env->value_lost += fall;
    env->hull -= pr_uniform(&env->rng, 1.0f, 4.0f);
    env->alert += 8.0f;
    PrEvent *event = pr_emit(env, PR_EVENT_PIRATE);
    event->a = decoy_used;
    event->v[0] = loss;
    event->v[1] = fall;
}

void pr_edge_exposure(PrEnv *env, float dt, float threat) {
    env->hull -= dt * threat * 0.7f * pr_uniform(&env->rng, 0.85f, 1.15f);
    env->heat += dt * threat * 0.5f;
    env->alert += dt * threat * 0.8f;
    pirate_check(env, dt, threat);
}

void pr_node_exposure(PrEnv *env, float dt) {
    const PrNode *node = &env->nodes[env->node];
    if (node->hazard > 0.0f) {
        env->hull -= dt * node->hazard * 0.7f * pr_uniform(&env->rng, 0.8f, 1.2f);
        env->heat += dt * node->hazard * 0.5f;
        env->alert += dt * node->hazard * 0.8f;
    }
    pirate_check(env, dt, node->pirate);
}
