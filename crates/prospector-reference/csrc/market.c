/* rules 4.4 sell, 4.5 (6) market */
#include <math.h>

#include "math.h"
#include "prospector.h"

void pr_sell(PrEnv *env, int commodity, float fraction) {
    PrMarket *m = &env->market;
    float quantity = env->cargo[commodity] * fraction;
    if (quantity == 0.0f) return;
    float ratio = quantity / pr_max(1.0f, m->inventory[commodity] + quantity);
    float slip = pr_clamp(0.25f * ratio + 0.2f * sqrtf(ratio), 0.0f, 0.7f);
    float credits = quantity * m->price[commodity] * (1.0f - slip);
    env->credits += credits;
    env->cargo[commodity] = pr_max(0.0f, env->cargo[commodity] - quantity);
    m->inventory[commodity] += quantity;
    m->recent_sales[commodity] += quantity;
    PrEvent *event = pr_emit(env, PR_EVENT_SELL);
    event->a = (uint8_t)commodity;
    event->v[0] = quantity;
    event->v[1] = credits;
}

void pr_advance_market(PrEnv *env, uint8_t dt) {
    PrMarket *m = &env->market;
    float t = (float)(env->ticks + dt);
    float root_dt = sqrtf((float)dt);
    for (int c = 0; c < PR_COMMODITIES; c++) {
        m->prev_price[c] = m->price[c];
        /* order: the angle is ((2pi * t) / period) + phase; the terms of the price are added from the left */
        float season = m->amp[c] * pr_sin(PR_TWO_PI * t / m->period[c] + m->phase[c]);
        float noise = pr_normal(&env->rng, 0.0f, 0.03f * pr_base_price[c] * root_dt);
        m->price[c] = pr_clamp(pr_base_price[c] + season - 0.04f * m->inventory[c] - 0.05f * m->recent_sales[c] + noise,
                               pr_min_price[c], pr_max_price[c]);
    }
    for (int c = 0; c < PR_COMMODITIES; c++) {
        m->recent_sales[c] *= pr_decay14(dt);
        m->inventory[c] *= 0.998f;
    }
}
