// Package messages tells people what happened (消息): station letters 站内信 to those who work on a case, and short messages to
// applicants, by scenes whose texts are data. A message is never the legal delivery of a paper 送达. This package is the contract.
package messages

import "tongban/central/kernel/errs"

// Permissions.
const (
	PermLetters = "messages:letter.read" // 站内信
	PermTexts   = "messages:text.read"   // 短信去向
	PermFollow  = "messages:text.follow" // 短信没到，换办法告诉
	PermScenes  = "messages:scene.read"
	PermSetting = "messages:scene.write" // 改场景
)

// TopicArrived is emitted for each letter; the key is its id, the data is Arrived.
const TopicArrived = "messages.arrived"

// Arrived says whose letters changed. No text and no personal data.
type Arrived struct {
	Scene      string `json:"scene"`
	Account    string `json:"account,omitempty"` // of the one it is for; else everybody of Role at the place
	Role       string `json:"role,omitempty"`
	Region     string `json:"region,omitempty"`
	Department string `json:"department,omitempty"`
}

// Errors.
var (
	ErrNoSuchLetter = errs.E(errs.NotFound, "messages.no_such_letter", "没有这封站内信，或者不是给您的", nil)
	ErrNoSuchText   = errs.E(errs.NotFound, "messages.no_such_text", "没有这条短信的记录，或者不在您的范围内", nil)
	ErrNoSuchScene  = errs.E(errs.NotFound, "messages.no_such_scene", "没有这个消息场景，请刷新后再看", nil)
)
