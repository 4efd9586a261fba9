// Package drivertest is the contract that every driver of a kind keeps (驱动契约测试): the same cases and the same fault
// matrix run against an emulator in the build and against real hardware on a technician's desk. A suite asks a bench to
// play the citizen and the broken cable, opens the driver through it, and judges only what the driver's interface says.
package drivertest
