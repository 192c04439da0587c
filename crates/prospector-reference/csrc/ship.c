/* what several rules ask of the episode and of its ship */
#include "prospector.h"

bool pr_running(const PrEnv *env) { return env->started && !env->terminated && !env->truncated; }

bool pr_at_station(const PrEnv *env) { return env->node == 0; }

static bool slot_exists(const PrEnv *env, int slot) {
    return slot < env->nodes[env->node].asteroid_count;
}

bool pr_slot_selectable(const PrEnv *env, int slot) {
    return slot_exists(env, slot) && env->nodes[env->node].asteroids[slot].depletion < 1.0f;
}

bool pr_has_valid_selection(const PrEnv *env) {
    return env->selected != PR_NONE && pr_slot_selectable(env, env->selected);
}

float pr_cargo_total(const PrEnv *env) {
    float total = 0.0f;
    for (int c = 0; c < PR_COMMODITIES; c++) total += env->cargo[c];
    return total;
}

float pr_cargo_value(const PrEnv *env) {
    float value = 0.0f;
    for (int c = 0; c < PR_COMMODITIES; c++) value += env->cargo[c] * env->market.price[c];
    return value;
}
