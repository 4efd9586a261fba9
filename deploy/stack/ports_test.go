package stack

import "testing"

// Tests start several stacks in one second; the ports of the guides are for one that a person looks for.
func TestOnlyAGuidedStackTakesTheGuidesPorts(t *testing.T) {
	const wanted = 18883
	s := &Stack{Config: Config{Dir: t.TempDir()}, ports: map[string]int{}}
	if got := s.port("mqtt", wanted); got == wanted {
		t.Errorf("an unguided stack took %d, which the next one takes too", got)
	}
	first := s.ports["mqtt"]
	if got := s.port("mqtt", wanted); got != first {
		t.Errorf("started again on %d, its terminals were told %d", got, first)
	}
	if got := s.port("nats", first); got == first {
		t.Error("two parts of one stack share a port")
	}
}
