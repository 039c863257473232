/*
 * Facts from one module to the others, inside the publisher's transaction. What a hook
 * publishes waits until all hooks of the present fact have run, so that every listener sees
 * facts in the order in which they happened. A hook that fails makes the transaction fail:
 * either all of a fact's consequences exist or none.
 */
#include "module.h"

#include "must.h"

enum { WAITING_MAX = 256 };

/* A thread runs one transaction at a time, and the outermost emit() empties this. */
static _Thread_local struct {
	struct {
		uint32_t kind;
		const struct event *event;
	} waiting[WAITING_MAX];
	size_t n;
	bool is_running;
} bus;

static void deliver(struct tx *tx, uint32_t kind, const struct event *event)
{
	for (size_t i = 0; modules[i]; i++)
		for (const struct hook *h = modules[i]->hooks; h && h->on; h++)
			if (h->on == kind && tx_ok(tx))
				h->run(tx, event);
}

void emit(struct tx *tx, uint32_t kind, const struct event *event)
{
	must(kind != 0 && event);
	if (bus.is_running) {
		must(bus.n < WAITING_MAX);
		bus.waiting[bus.n].kind = kind;
		bus.waiting[bus.n++].event = event;
		return;
	}
	bus.is_running = true;
	deliver(tx, kind, event);
	for (size_t i = 0; i < bus.n && tx_ok(tx); i++)
		deliver(tx, bus.waiting[i].kind, bus.waiting[i].event);
	bus.n = 0;
	bus.is_running = false;
}
