// Package library plays a maker's fingerprint library in its program (厂家指纹接口库仿真): it answers the calls of
// deploy/docs/adapters/fingerprint-library.md on its standard input and output. What lies on the glass, and what goes wrong, stands in a folder, so that
// it outlives a program that crashes.
package library

import (
	"bufio"
	"bytes"
	"fmt"
	"hash/crc32"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tongban/deploy/sim/fingerprint"
	"tongban/drivers/fingerprint/iso"
	"tongban/drivers/fingerprint/match"
	"tongban/drivers/fingerprint/minutiae"
)

// Size of the pictures.
const (
	Width  = 256
	Height = 360
)

// Faults that a folder can hold.
var Faults = []string{"silent", "checksum", "half", "garbage", "cut", "crash", "chatter", "licence", "plain"}

// Hand is the folder with what lies on the glass and what goes wrong.
type Hand string

// Lay puts a finger on the glass: good, dry, edge or none.
func (h Hand) Lay(finger string) error { return h.write("finger", finger) }

// Press lets a fault happen until it is released, or once.
func (h Hand) Press(fault string, once bool) error {
	word := "always"
	if once {
		word = "once"
	}
	return h.write("fault-"+fault, word)
}

// Release ends a fault.
func (h Hand) Release(fault string) error {
	if err := os.Remove(filepath.Join(string(h), "fault-"+fault)); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("release fault: %w", err)
	}
	return nil
}

// Draw puts the pictures of all fingers into the folder: growing a finger takes longer than a program may take to answer.
func (h Hand) Draw() error {
	for _, finger := range []string{"good", "dry", "edge", "none"} {
		for n := range uint64(looks) {
			if err := os.WriteFile(filepath.Join(string(h), fmt.Sprintf("%s-%d", finger, n)), fingerprint.Picture(finger, n, Width, Height).Pix, 0o600); err != nil {
				return fmt.Errorf("write picture: %w", err)
			}
		}
	}
	return nil
}

const looks = 3

// write is one step, so that a program never reads half of it.
func (h Hand) write(name, word string) error {
	tmp := filepath.Join(string(h), "."+name)
	if err := os.WriteFile(tmp, []byte(word), 0o600); err != nil {
		return fmt.Errorf("write hand: %w", err)
	}
	if err := os.Rename(tmp, filepath.Join(string(h), name)); err != nil {
		return fmt.Errorf("write hand: %w", err)
	}
	return nil
}

func (h Hand) read(name string) string {
	b, err := os.ReadFile(filepath.Join(string(h), name))
	if err != nil {
		return ""
	}
	return string(b)
}

// strike reports whether a fault happens now.
func (h Hand) strike(fault string) bool {
	word := h.read("fault-" + fault)
	if word == "once" {
		return os.Remove(filepath.Join(string(h), "fault-"+fault)) == nil
	}
	return word != ""
}

// Program is one run.
type Program struct {
	hand  Hand
	out   io.Writer
	begun bool
	taken uint64
}

// Serve answers until its input ends; an error is how a crash is played.
func Serve(hand Hand, in io.Reader, out io.Writer) error {
	p := &Program{hand: hand, out: out}
	r := bufio.NewReader(in)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil //nolint:nilerr // the end of the input is the end of the program
		}
		var number, size int
		var word, values, sum string
		if n, err := fmt.Sscanf(line, "TBFP %d %s %s %d %s", &number, &word, &values, &size, &sum); n != 5 || err != nil || size < 0 || size > 4<<20 {
			return fmt.Errorf("cannot understand a line of %d bytes", len(line))
		}
		content := make([]byte, size)
		if _, err := io.ReadFull(r, content); err != nil {
			return fmt.Errorf("content ends too early: %w", err)
		}
		if sum != fmt.Sprintf("%08x", crc32.ChecksumIEEE(content)) {
			return fmt.Errorf("content of %s is garbled", word)
		}
		switch {
		case hand.strike("crash"):
			return fmt.Errorf("segmentation fault (played)")
		case hand.strike("silent"):
			time.Sleep(time.Hour) // not even the end of its input wakes it
		}
		var first, second int
		_, _ = fmt.Sscanf(values, "%d,%d", &first, &second)
		status, more, body := p.call(word, content, first, second)
		if err := p.answer(number, word, append([]int{status}, more...), body); err != nil {
			return err
		}
	}
}

// answer writes one, with what goes wrong on the way.
func (p *Program) answer(number int, word string, values []int, body []byte) error {
	sum := crc32.ChecksumIEEE(body)
	if p.hand.strike("checksum") {
		sum ^= 0x5A
	}
	text := strings.ReplaceAll(strings.Trim(fmt.Sprint(values), "[]"), " ", ",")
	b := append(fmt.Appendf(nil, "TBFP %d %s %s %d %08x\n", number, word, text, len(body), sum), body...)
	if p.hand.strike("garbage") {
		for i := range b {
			b[i] ^= 0x33
		}
	}
	if p.hand.strike("chatter") { // as libraries do that were written with printf
		b = append([]byte("fpdev: TBFP usb transfer ok, TBFP 9 retries\n"), b...)
	}
	if p.hand.strike("half") {
		b = b[:len(b)/2]
	}
	if _, err := p.out.Write(b); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	return nil
}

// call is the library: what it returns, values besides, and content.
func (p *Program) call(word string, content []byte, first, second int) (status int, more []int, body []byte) {
	switch {
	case word == "hello":
		return 1, nil, []byte("仿真指纹采集器\nSIM-FP-0001\n1.0\n")
	case p.hand.strike("cut"):
		p.begun = false
		return -4, nil, nil
	case p.hand.strike("licence"):
		return -7, nil, nil
	case word == "LIVESCAN_Init":
		p.begun = true
		return 1, nil, nil
	case !p.begun:
		return -5, nil, nil
	}
	switch word {
	case "LIVESCAN_Close":
		p.begun = false
		return 1, nil, nil
	case "LIVESCAN_GetChannelCount":
		return 1, nil, nil
	case "LIVESCAN_GetMaxImageSize":
		return 1, []int{Width, Height}, nil
	case "LIVESCAN_BeginCapture", "LIVESCAN_EndCapture":
		return 1, nil, nil
	case "LIVESCAN_GetFPRawData":
		return 1, nil, p.picture()
	case "FP_FeatureExtract":
		if p.hand.strike("plain") {
			return -3, nil, nil
		}
		return extract(content, first, second)
	case "FP_FeatureMatch":
		return compare(content, first)
	}
	return -3, nil, nil
}

func (p *Program) picture() []byte {
	finger := p.hand.read("finger")
	if finger == "" {
		finger = "none"
	}
	if finger != "none" {
		p.taken++
	}
	if b, err := os.ReadFile(filepath.Join(string(p.hand), fmt.Sprintf("%s-%d", finger, p.taken%looks))); err == nil {
		return b
	}
	return fingerprint.Picture(finger, p.taken, Width, Height).Pix
}

// own begins a template of this library, so that nobody takes it for a record of the standard.
const own = "SIMFP1"

func extract(content []byte, w, h int) (int, []int, []byte) {
	if w <= 0 || h <= 0 || len(content) != w*h {
		return -1, nil, nil
	}
	t, err := minutiae.Extract(&image.Gray{Pix: content, Stride: w, Rect: image.Rect(0, 0, w, h)})
	if err != nil {
		return -1, nil, nil
	}
	b, err := iso.Encode(iso.View{Template: t})
	if err != nil {
		return -9, nil, nil
	}
	return 1, nil, append([]byte(own), b...)
}

func compare(content []byte, first int) (int, []int, []byte) {
	if first <= 0 || first >= len(content) {
		return -1, nil, nil
	}
	var t [2]minutiae.Template
	for i, b := range [][]byte{content[:first], content[first:]} {
		views, err := iso.Parse(bytes.TrimPrefix(b, []byte(own)))
		if err != nil || !bytes.HasPrefix(b, []byte(own)) {
			return -1, nil, nil
		}
		t[i] = views[0].Template
	}
	return 1, []int{int(10000 * match.Score(t[0], t[1]))}, nil
}

// Script writes a program that starts another with arguments, because an address of a port names a program alone.
func Script(path string, args ...string) error {
	quoted := make([]string, len(args))
	for i, a := range args {
		quoted[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\nexec "+strings.Join(quoted, " ")+"\n"), 0o700); err != nil { //nolint:gosec // a program
		return fmt.Errorf("write script: %w", err)
	}
	return nil
}
