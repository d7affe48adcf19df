// SPDX-License-Identifier: GPL-2.0

// gogrowth RIG ROUND ENTRIES: what growth.c measures of maps in the kernel, of Go's map.
package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"time"
)

const (
	peer  = "go_map"
	steps = 4
)

type key [2]uint64

type run struct {
	rig     string
	round   string
	entries uint64
	step    int
	before  uint64
	m       map[key]uint64
}

func mix64(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (r *run) sample(name string, value float64, unit string) {
	fmt.Printf("%s\t%s\t%s\t%s\t%.6g\t%s\n", r.rig, name, peer, r.round, value, unit)
}

// resident is what the process holds after it was told to give back what it can.
func resident() uint64 {
	debug.FreeOSMemory()
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		panic(err)
	}
	var size, pages uint64
	if _, err := fmt.Sscan(string(statm), &size, &pages); err != nil {
		panic(err)
	}
	return pages * uint64(os.Getpagesize())
}

func (r *run) reportMemory() {
	held := float64(resident()) - float64(r.before)
	r.sample(fmt.Sprintf("growth/memory/%d", r.step), held, "bytes")
	r.step++
}

func (r *run) insert(i uint64) { r.m[key{mix64(i + 1), i}] = i }

func (r *run) remove(i uint64) { delete(r.m, key{mix64(i + 1), i}) }

func (r *run) goThrough(operation func(uint64), latency []uint32) {
	for i := range r.entries {
		begin := time.Now()
		operation(i)
		latency[i] = uint32(time.Since(begin))
		if (i+1)*steps/r.entries != i*steps/r.entries {
			r.reportMemory()
		}
	}
}

func (r *run) reportLatency(name string, latency []uint32) {
	slices.Sort(latency)
	for _, percent := range []float64{50, 90, 99, 99.9, 99.99, 100} {
		at := int(float64(len(latency))*percent/100+0.999999) - 1
		r.sample(fmt.Sprintf("growth/%s_percentile/%g", name, percent), float64(latency[at]), "ns")
	}
}

func (r *run) measure() {
	latency := make([]uint32, r.entries)
	clear(latency)
	r.before = resident()
	r.m = make(map[key]uint64)
	r.reportMemory()
	r.goThrough(r.insert, latency)
	r.reportLatency("insert", latency)
	r.goThrough(r.remove, latency)
	r.reportLatency("delete", latency)
	time.Sleep(time.Second)
	r.reportMemory()
	r.goThrough(r.insert, latency)
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: gogrowth RIG ROUND ENTRIES")
		os.Exit(2)
	}
	entries, err := strconv.ParseUint(os.Args[3], 10, 64)
	if err != nil || entries < steps {
		fmt.Fprintln(os.Stderr, os.Args[3]+": not a number of entries")
		os.Exit(2)
	}
	r := run{rig: os.Args[1], round: os.Args[2], entries: entries}
	r.measure()
}
