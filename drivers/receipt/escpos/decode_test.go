package escpos

import "testing"

// Commands are named by their front; whatever is printed behind it gives no name.
func TestFramesHaveNames(t *testing.T) {
	for want, p := range map[string][]byte{
		"问状态": {dle, 0x04, 0x01}, "切纸": {gs, 'V', 66, 0}, "打一段图": {gs, 'v', '0', 0, 48, 0, 24, 0, 0xFF}, "初始化": {esc, '@'}, "": []byte("样例"),
	} {
		if got := nameFrame(true, p); got != want {
			t.Errorf("% X: %q, want %q", p, got, want)
		}
	}
	if got := nameFrame(false, []byte{0x10, 0, 0, 0}); got != "自动状态" {
		t.Errorf("status block: %q", got)
	}
}
