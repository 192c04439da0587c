/* rules 4: the action table, and when each action is valid */
#include <math.h>

#include "math.h"
#include "prospector.h"

float pr_buy_price(int action) {
    static const float price[7] = {60.0f, 120.0f, 210.0f, 150.0f, 175.0f, 110.0f, 280.0f};
    return price[action - PR_BUY_FUEL];
}

static uint8_t *consumable(PrEnv *env, int action) {
    uint8_t *const owned[3] = {&env->repair_kits, &env->stabilizers, &env->decoys};
    return owned[action - PR_BUY_CONSUMABLE];
}

static bool below_cap(const PrEnv *env, int action) {
    const uint8_t owned[3] = {env->repair_kits, env->stabilizers, env->decoys};
    return owned[action - PR_BUY_CONSUMABLE] < PR_CONSUMABLE_CAP;
}

bool pr_action_valid(const PrEnv *env, int action) {
    if (action < PR_HOLD_DRIFT) return env->nodes[env->node].edges[action].to != PR_NONE;
    if (action == PR_FOCUSED_SCAN || action == PR_DEEP_SCAN) return pr_has_valid_selection(env);
    if (action >= PR_SELECT && action < PR_MINE) return pr_slot_selectable(env, action - PR_SELECT);
    if (action >= PR_MINE && action < PR_STABILIZE) return pr_has_valid_selection(env);
    if (action == PR_STABILIZE) return pr_has_valid_selection(env) && env->stabilizers > 0;
    if (action == PR_TOOL_MAINTENANCE || action == PR_HULL_PATCH) return env->repair_kits > 0;
    if (action >= PR_DOCK && action < PR_BUY_FUEL) return pr_at_station(env);
    if (action >= PR_BUY_FUEL && action <= PR_OVERHAUL) {
        bool room = action < PR_BUY_CONSUMABLE || action == PR_OVERHAUL || below_cap(env, action);
        return pr_at_station(env) && env->credits >= pr_buy_price(action) && room;
    }
    return action <= PR_CASH_OUT;
}

void pr_action_mask(const PrEnv *env, uint8_t out[PR_ACTIONS]) {
    bool running = pr_running(env);
    for (int action = 0; action < PR_ACTIONS; action++) out[action] = running && pr_action_valid(env, action);
}

void pr_hold_drift(PrEnv *env) {
    env->alert = pr_max(0.0f, env->alert - 3.0f);
    env->heat = pr_max(0.0f, env->heat - 2.5f);
}

static void travel(PrEnv *env, int slot, uint8_t *dt) {
    PrEdge edge = env->nodes[env->node].edges[slot];
    /* order: edge fuel times (1 + (0.5 * cargo) / 200) */
    float fuel = edge.fuel * (1.0f + 0.5f * pr_cargo_total(env) / PR_CARGO_MAX);
    *dt = edge.time;
    env->fuel -= fuel;
    PrEvent *event = pr_emit(env, PR_EVENT_TRAVEL);
    event->a = env->node;
    event->b = edge.to;
    event->v[0] = (float)edge.time;
    event->v[1] = fuel;
    event->v[2] = edge.threat;
    env->node = edge.to;
    env->selected = PR_NONE;
    pr_edge_exposure(env, (float)edge.time, edge.threat);
}

static void listen(PrEnv *env) {
    PrEdge *edges = env->nodes[env->node].edges;
    for (int k = 0; k < PR_EDGES; k++) {
        if (edges[k].to == PR_NONE) continue;
        float noisy = pr_clamp(edges[k].threat + pr_normal(&env->rng, 0.0f, 0.08f), 0.0f, 1.0f);
        edges[k].threat_estimate = 0.25f * edges[k].threat_estimate + 0.75f * noisy;
    }
}

static void wide_scan(PrEnv *env) {
    int count = env->nodes[env->node].asteroid_count;
    for (int slot = 0; slot < count; slot++) pr_scan(env, slot, 0);
    PrEvent *event = pr_emit(env, PR_EVENT_SCAN);
    event->b = (uint8_t)count;
    env->scan_count += 1;
}

/* The price of a scan is charged even when there is nothing to aim at. */
static bool aimed_scan(PrEnv *env, int mode) {
    env->fuel -= mode == 1 ? 4.0f : 8.0f;
    env->alert += mode == 1 ? 3.0f : 6.0f;
    if (!pr_has_valid_selection(env)) return false;
    pr_scan(env, env->selected, mode);
    PrEvent *event = pr_emit(env, PR_EVENT_SCAN);
    event->a = (uint8_t)mode;
    event->b = 1;
    env->scan_count += 1;
    return true;
}

static void pay(PrEnv *env, int action) {
    float cost = pr_buy_price(action);
    env->credits -= cost;
    env->total_spend += cost;
    PrEvent *event = pr_emit(env, PR_EVENT_BUY);
    event->a = (uint8_t)(action - PR_BUY_FUEL);
    event->v[0] = cost;
}

/* Executes `action` (0..68) and sets *dt. False: it was invalid, and nothing happened beyond what a blind scan charges. */
bool pr_apply_action(PrEnv *env, uint8_t action, uint8_t *dt) {
    if (action == PR_FOCUSED_SCAN || action == PR_DEEP_SCAN) {
        *dt = action == PR_FOCUSED_SCAN ? 2 : 4;
        return aimed_scan(env, action == PR_FOCUSED_SCAN ? 1 : 2);
    }
    if (!pr_action_valid(env, action)) return false;
    if (action < PR_HOLD_DRIFT) {
        travel(env, action, dt);
    } else if (action == PR_HOLD_DRIFT) {
        pr_hold_drift(env);
    } else if (action == PR_EMERGENCY_BURN) {
        env->fuel -= 18.0f;
        env->alert += 10.0f;
        if (env->escape_buff < 4) env->escape_buff = 4;
    } else if (action == PR_WIDE_SCAN) {
        *dt = 3;
        env->fuel -= 5.0f;
        env->alert += 4.0f;
        wide_scan(env);
    } else if (action == PR_THREAT_LISTEN) {
        *dt = 2;
        listen(env);
    } else if (action < PR_MINE) {
        env->selected = (uint8_t)(action - PR_SELECT);
    } else if (action < PR_STABILIZE) {
        pr_mine(env, action - PR_MINE);
    } else if (action == PR_STABILIZE) {
        *dt = 2;
        env->stabilizers -= 1;
        env->stabilize_buff[env->selected] = 6;
    } else if (action == PR_REFINE) {
        *dt = 2;
        env->fuel -= 4.0f;
        env->heat += 6.0f;
        env->alert += 3.0f;
        pr_refine(env);
    } else if (action == PR_COOLDOWN) {
        *dt = 2;
        env->fuel -= 2.0f;
        env->heat = pr_max(0.0f, env->heat - 20.0f);
        env->alert += 1.0f;
    } else if (action == PR_TOOL_MAINTENANCE) {
        *dt = 2;
        env->repair_kits -= 1;
        env->tool = pr_min(PR_TOOL_MAX, env->tool + 25.0f);
    } else if (action == PR_HULL_PATCH) {
        *dt = 2;
        env->repair_kits -= 1;
        env->hull = pr_min(PR_HULL_MAX, env->hull + 20.0f);
    } else if (action < PR_DOCK) {
        env->cargo[action - PR_JETTISON] = 0.0f;
        env->alert = pr_max(0.0f, env->alert - 8.0f);
    } else if (action == PR_DOCK) {
        env->alert = pr_max(0.0f, env->alert - 20.0f);
        pr_emit(env, PR_EVENT_DOCK);
    } else if (action < PR_BUY_FUEL) {
        static const float fraction[3] = {0.25f, 0.5f, 1.0f};
        pr_sell(env, (action - PR_SELL) / 3, fraction[(action - PR_SELL) % 3]);
    } else if (action < PR_BUY_CONSUMABLE) {
        static const float amount[3] = {120.0f, 260.0f, 480.0f};
        pay(env, action);
        env->fuel = pr_min(PR_FUEL_MAX, env->fuel + amount[action - PR_BUY_FUEL]);
    } else if (action < PR_OVERHAUL) {
        pay(env, action);
        *consumable(env, action) += 1;
    } else if (action == PR_OVERHAUL) {
        *dt = 3;
        pay(env, action);
        env->hull = PR_HULL_MAX;
        env->tool = PR_TOOL_MAX;
    } else {
        env->cashed_out = true; /* PR_CASH_OUT; its event closes the step */
    }
    return true;
}
