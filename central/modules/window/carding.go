package window

import (
	"context"
	"time"

	"tongban/central/kernel/db"
)

// Card is what the paper of a supervision card states (督办文书). It goes to an office, never to the applicant.
type Card struct {
	No          string // of the card
	Level       string // reminder, yellow, red, illegal: decides what kind of paper it is
	Office      string // that supervises, in whose name the paper goes out
	Mark        string // that begins its number, such as 绵政务
	To          string // the office that answers, in words
	Handler     string // who works on the case there, "" while nobody does
	Rule, Words string // the rule that raised the card, and what it says
	Why         string
	ReplyBy     time.Time // zero when nobody has to answer
	Clock       string    // how the case's clock stands, in words
	Due         string    // promised, YYYY-MM-DD
	Statutory   string
}

// Supervising is what supervision asks of the window besides Service (督办文书).
type Supervising interface {
	// CardPaper makes the numbered paper of a card in the transaction that issues the card: number, paper and card commit
	// together. Like the papers of the window it verifies by its code. It is no paper of the case: the applicant's lists do not
	// show it.
	CardPaper(ctx context.Context, tx db.Tx, no string, c Card) (Document, error)

	// OpenCardPaper returns the file of such a paper. It asks nobody's scope: the caller has, and names the case in the audit.
	OpenCardPaper(ctx context.Context, id string) ([]byte, error)
}
