/* rules 8: the events of a step */
#include "prospector.h"

PrEvent *pr_emit(PrEnv *env, PrEventType type) {
    PrEvent *event = &env->events[env->event_count++];
    *event = (PrEvent){.type = (uint8_t)type};
    return event;
}

PrEvent pr_event(const PrEnv *env, uint8_t index) { return env->events[index]; }
