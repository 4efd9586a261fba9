package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/jobs"
	"tongban/central/modules/province"
	"tongban/central/modules/province/internal/store"
	"tongban/central/modules/window"
)

// The kinds of message.
const (
	kindApply   = "APPLY"   // 申报信息
	kindStatus  = "STATUS"  // 状态
	kindCorrect = "CORRECT" // 更正
	kindReturn  = "RETURN"  // 回流
)

// topicReapply makes a correction send the whole application again: the province lost it.
const topicReapply = "province.reapply"

// Take queues what the rules send of one event of the window, in the event's own transaction: an acceptance is on its way to
// the province the moment it is known, and stands whatever becomes of the message.
func (a *App) Take(ctx context.Context, tx db.Tx, e events.Event) error {
	var moved window.Moved
	if err := e.Decode(&moved); err != nil || moved.No == "" || moved.Item == "" {
		return nil //nolint:nilerr // an event of the window that is of no case
	}
	sends, err := a.sends(ctx, tx, moved.Item, e.Topic)
	if err != nil || !sends {
		return err
	}
	return a.queue(ctx, tx, noted{Topic: e.Topic, Moved: moved}, a.mapping.Titles[e.Topic])
}

// sends asks the rule of the item, or the one for all.
func (a *App) sends(ctx context.Context, q db.Query, item, topic string) (bool, error) {
	rules, err := store.Rules(ctx, q)
	if err != nil {
		return false, err
	}
	var found *store.Rule
	for i, r := range rules {
		if r.Item == item || r.Item == "*" && found == nil {
			found = &rules[i]
		}
	}
	if found == nil || !found.Sends {
		return false, nil
	}
	var topics []string
	if err := json.Unmarshal([]byte(found.Topics), &topics); err != nil {
		return false, fmt.Errorf("decode rule of %s: %w", found.Item, err)
	}
	return slices.Contains(topics, topic), nil
}

// queue adds a message behind the others of its case.
func (a *App) queue(ctx context.Context, tx db.Tx, n noted, title string) error {
	_, err := a.queued(ctx, tx, n, title)
	return err
}

func (a *App) queued(ctx context.Context, tx db.Tx, n noted, title string) (store.Message, error) {
	moved := n.Moved
	c, there, err := store.FindCase(ctx, tx, moved.No)
	if err != nil {
		return store.Message{}, err
	}
	kind := kindStatus
	switch {
	case !there || n.Topic == topicReapply:
		kind = kindApply
	case n.Fields != nil:
		kind = kindCorrect
	}
	now := db.Ms(tx.Now())
	if !there {
		c = store.Case{No: moved.No, Item: moved.Item, At: now}
	}
	if n.Fields == nil {
		c.ItemName, c.Region, c.Department, c.Handler, c.ChangedAt = moved.ItemName, moved.Region, moved.Department, moved.Handler, now
	}
	text, err := json.Marshal(n)
	if err != nil {
		return store.Message{}, fmt.Errorf("encode event of message: %w", err)
	}
	m := store.Message{
		ID: ids.New(), CaseNo: moved.No, Direction: "out", Kind: kind, Title: title, Item: moved.Item, ItemName: moved.ItemName, Region: moved.Region,
		State: province.Queued, Revision: 1, Event: string(text), NextAt: now, CreatedAt: now,
	}
	if m.Seq, err = store.NextSeq(ctx, tx, m.CaseNo, "out"); err != nil {
		return m, err
	}
	c.LastSeq = m.Seq
	if err := errors.Join(store.SaveCase(ctx, tx, c), store.AddMessage(ctx, tx, m)); err != nil {
		return m, err
	}
	if err := a.prove(ctx, tx, province.Proof{Message: m.ID, Case: m.CaseNo, Direction: "out", What: "queue", State: m.State, Facts: factsJSON(map[string]string{"kind": m.Kind, "topic": n.Topic})}); err != nil {
		return m, err
	}
	return m, a.Jobs.Add(ctx, tx, JobSend, nil, jobs.Opts{Unique: "send"})
}

// factsJSON is a small object without personal data; maps of strings always encode.
func factsJSON(facts map[string]string) string {
	text, _ := json.Marshal(facts)
	return string(text)
}
