/* Claimed messages and the lists they stand in. */
#include "out/receiver.h"

#include <stdlib.h>

void delivery_push(struct delivery_list *list, struct delivery *d)
{
	d->next = NULL;
	if (list->last)
		list->last->next = d;
	else
		list->first = d;
	list->last = d;
	list->n++;
}

struct delivery *delivery_pop(struct delivery_list *list)
{
	struct delivery *d = list->first;

	if (!d)
		return NULL;
	list->first = d->next;
	if (!list->first)
		list->last = NULL;
	list->n--;
	d->next = NULL;
	return d;
}

void delivery_free(struct delivery *d)
{
	if (!d)
		return;
	for (struct delivery *m; (m = delivery_pop(&d->merged));)
		delivery_free(m);
	free(d->answer);
	free(d);
}
