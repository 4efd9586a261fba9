//go:build race

package web_test

// racing says that the race detector slows everything down about tenfold: budgets are not measured then, and the emulated
// camera, which draws and judges 8 megapixels, is replaced by a still one.
const racing = true
