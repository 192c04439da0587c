/* rules 4 (the order of a step), 4.5, 4.7 and 5 (reward) */
#include <math.h>

#include "math.h"
#include "prospector.h"

static uint8_t count_down(uint8_t buff, uint8_t dt) { return buff > dt ? (uint8_t)(buff - dt) : 0; }

static void clamp_quantities(PrEnv *env) {
    env->fuel = pr_clamp(env->fuel, 0.0f, PR_FUEL_MAX);
    env->hull = pr_clamp(env->hull, 0.0f, PR_HULL_MAX);
    env->heat = pr_clamp(env->heat, 0.0f, PR_HEAT_MAX);
    env->tool = pr_clamp(env->tool, 0.0f, PR_TOOL_MAX);
    env->alert = pr_clamp(env->alert, 0.0f, PR_ALERT_MAX);
    env->time_remaining = pr_clamp(env->time_remaining, 0.0f, env->time_max);
    for (int c = 0; c < PR_COMMODITIES; c++) env->cargo[c] = pr_clamp(env->cargo[c], 0.0f, PR_CARGO_MAX);
    float total = pr_cargo_total(env);
    if (total > PR_CARGO_MAX) {
        /* order: scale = 200 / total, then each product */
        float scale = PR_CARGO_MAX / total;
        for (int c = 0; c < PR_COMMODITIES; c++) env->cargo[c] *= scale;
    }
}

/* rules 4.5 */
static void pass_time(PrEnv *env, uint8_t ticks) {
    float dt = (float)ticks;
    env->time_remaining -= dt;
    env->heat = pr_max(0.0f, env->heat - 2.5f * dt);
    env->escape_buff = count_down(env->escape_buff, ticks);
    for (int a = 0; a < PR_SLOTS; a++) env->stabilize_buff[a] = count_down(env->stabilize_buff[a], ticks);
    if (env->heat > PR_HEAT_MAX) {
        float damage = 1.25f * (env->heat - PR_HEAT_MAX);
        env->hull -= damage;
        env->heat = PR_HEAT_MAX;
        env->overheat_ticks += ticks;
        pr_emit(env, PR_EVENT_OVERHEAT)->v[0] = damage;
    }
    if (!pr_at_station(env)) pr_node_exposure(env, dt);
    pr_advance_market(env, ticks);
    clamp_quantities(env);
    /* order: the total after any rescaling, summed anew */
    env->utilization_sum += pr_clamp(pr_cargo_total(env) / PR_CARGO_MAX, 0.0f, 1.0f) * dt;
    env->ticks += ticks;
}

/* rules 4.7 */
static void close_episode(PrEnv *env) {
    env->destroyed = env->hull <= 0.0f;
    env->stranded = env->fuel <= 0.0f && !pr_at_station(env);
    env->terminated = env->cashed_out || env->destroyed || env->stranded;
    env->truncated = env->time_remaining <= 0.0f && !env->terminated;
    if (env->destroyed) pr_emit(env, PR_EVENT_DESTROYED);
    if (env->stranded) pr_emit(env, PR_EVENT_STRANDED);
    if (env->cashed_out) pr_emit(env, PR_EVENT_CASH_OUT)->v[0] = env->credits;
    if (env->truncated) pr_emit(env, PR_EVENT_TIMEOUT);
}

typedef struct {
    float credits, fuel, hull, tool, cargo_value, value_lost;
} Snapshot;

/* rules 5. order: the terms are added from the left in the order of the text; one that does not apply adds nothing. */
static float reward_of(const PrEnv *env, const Snapshot *before, uint8_t action, bool invalid, uint8_t dt) {
    float overheat = pr_max(0.0f, env->heat - 70.0f) / 100.0f;
    float reward = (env->credits - before->credits) / 1000.0f;
    reward += 0.02f * pr_max(0.0f, pr_cargo_value(env) - before->cargo_value) / 1000.0f;
    reward += -0.10f * pr_max(0.0f, before->fuel - env->fuel) / 100.0f;
    reward += -0.001f * (float)dt;
    reward += -0.05f * pr_max(0.0f, before->tool - env->tool) / 10.0f;
    reward += -0.20f * (overheat * overheat);
    reward += -1.0f * pr_max(0.0f, before->hull - env->hull) / 10.0f;
    if (action >= PR_WIDE_SCAN && action <= PR_DEEP_SCAN) reward += -0.005f;
    if (invalid) reward += -0.01f;
    reward += -1.0f * (env->value_lost - before->value_lost) / 1000.0f;
    if (env->stranded) reward += -50.0f;
    if (env->destroyed) reward += -100.0f;
    bool ended = env->terminated || env->truncated;
    if (ended && !env->stranded && !env->destroyed) reward += 0.002f * env->credits / 1000.0f;
    return reward;
}

bool pr_step(PrEnv *env, uint8_t code) {
    if (!pr_running(env)) return false;
    Snapshot before = {env->credits, env->fuel, env->hull, env->tool, pr_cargo_value(env), env->value_lost};
    env->event_count = 0;

    uint8_t action = code < PR_ACTIONS ? code : PR_HOLD_DRIFT;
    uint8_t dt = 1;
    /* The invalid event comes first, so that it stands before what follows from it. */
    bool invalid = code >= PR_ACTIONS || !pr_action_valid(env, action);
    if (invalid) pr_emit(env, PR_EVENT_INVALID)->a = code;
    pr_apply_action(env, action, &dt);
    if (invalid) {
        dt = 1;
        pr_hold_drift(env);
    }
    pass_time(env, dt);
    close_episode(env);

    env->last_dt = dt;
    env->last_action = action;
    env->last_invalid = invalid;
    env->last_reward = reward_of(env, &before, action, invalid, dt);
    return true;
}

PrOutcome pr_outcome(const PrEnv *env) {
    return (PrOutcome){
        .reward = env->last_reward,
        .dt = env->last_dt,
        .action = env->last_action,
        .invalid = env->last_invalid,
        .terminated = env->terminated,
        .truncated = env->truncated,
        .event_count = env->event_count,
    };
}
