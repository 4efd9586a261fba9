// Package challenge lets a page work for its turn (工作量验证) where a picture code would shut out those who cannot see or
// type it: after a few failures the page must find numbers whose hash begins with zero bits before it is heard again. The
// page does this by itself, a fraction of a second at first; people notice nothing, a guessing machine pays for each guess.
//
// A puzzle is signed and holds everything, so that nothing is kept until it is solved; then it is kept until it expires, so
// that it works once, over all copies of the centre.
package challenge
