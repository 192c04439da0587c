//! A pool whose threads each do the same share of every call.
//!
//! A thread that has nothing to do spins for some microseconds, because the next step tends to be near. Then it sleeps, so that it
//! takes no core from the caller's own threads. A forked child has none of these threads: there the caller does every share
//! itself.

use std::cell::UnsafeCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

/// Looks for work before going to sleep: some tens of microseconds.
const SPINS: u32 = 2000;

type Job<'a> = &'a (dyn Fn(usize) + Sync);

pub(crate) struct Pool {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    /// The process that has the threads.
    process: u32,
}

struct Shared {
    /// Counts the jobs; a change says that there is a new one.
    epoch: AtomicUsize,
    /// The job of the current epoch, `None` in the last. Written by the caller while `pending` is 0, read by the threads while they count in
    /// `pending`: never both at once.
    job: UnsafeCell<Option<Job<'static>>>,
    /// Threads that have not finished the current epoch.
    pending: AtomicUsize,
    panicked: AtomicBool,
    asleep: Vec<AtomicBool>,
}

// SAFETY: `job` is the only part that is not Sync by itself; the epochs keep its writer and its readers apart (see there).
unsafe impl Sync for Shared {}
// SAFETY: a job may be called from any thread, because it is Sync.
unsafe impl Send for Shared {}

impl Pool {
    /// `shares >= 1`; share 0 is the caller's, each other has a thread.
    pub fn new(shares: usize) -> Self {
        let shared = Arc::new(Shared {
            epoch: AtomicUsize::new(0),
            job: UnsafeCell::new(None),
            pending: AtomicUsize::new(0),
            panicked: AtomicBool::new(false),
            asleep: (1..shares).map(|_| AtomicBool::new(false)).collect(),
        });
        let start = |share: usize| {
            let shared = Arc::clone(&shared);
            let work = move || shared.work(share);
            thread::Builder::new().name(format!("abp-{share}")).spawn(work).expect("a thread can be started")
        };
        Self { threads: (1..shares).map(start).collect(), shared, process: std::process::id() }
    }

    /// Calls `job` once for each share and returns when all are done.
    ///
    /// # Panics
    /// If a share panics.
    pub fn run(&mut self, job: Job<'_>) {
        let shares = self.threads.len() + 1;
        if shares == 1 || std::process::id() != self.process {
            (0..shares).for_each(job);
            return;
        }
        // SAFETY: the lifetime is only lengthened in name. Threads use the job while they count in `pending`, and this function
        // does not return, nor unwind, before that is 0.
        let lasting = unsafe { std::mem::transmute::<Job<'_>, Job<'static>>(job) };
        self.publish(Some(lasting));
        let own = catch_unwind(AssertUnwindSafe(|| job(0)));
        self.wait();
        if let Err(panic) = own {
            std::panic::resume_unwind(panic);
        }
        assert!(!self.shared.panicked.swap(false, Ordering::Relaxed), "a thread of the batch panicked");
    }

    fn publish(&mut self, job: Option<Job<'static>>) {
        let shared = &self.shared;
        debug_assert_eq!(shared.pending.load(Ordering::Acquire), 0);
        // SAFETY: no thread counts in `pending`, so none reads; `&mut self` keeps a second caller out.
        unsafe { *shared.job.get() = job };
        shared.pending.store(self.threads.len(), Ordering::Relaxed);
        shared.epoch.fetch_add(1, Ordering::SeqCst); // after the job, before the sleepers are looked for
        for (thread, asleep) in self.threads.iter().zip(&shared.asleep) {
            if asleep.load(Ordering::SeqCst) {
                thread.thread().unpark();
            }
        }
    }

    fn wait(&self) {
        let mut spins = 0;
        while self.shared.pending.load(Ordering::Acquire) != 0 {
            spins += 1;
            if spins < SPINS { std::hint::spin_loop() } else { thread::yield_now() }
        }
    }
}

impl Shared {
    fn work(&self, share: usize) {
        let mut done = 0;
        loop {
            done = self.next_epoch(done, &self.asleep[share - 1]);
            // SAFETY: the epoch is new and this thread counts in `pending`, so the caller does not write.
            let job = unsafe { *self.job.get() };
            let Some(job) = job else { return };
            if catch_unwind(AssertUnwindSafe(|| job(share))).is_err() {
                self.panicked.store(true, Ordering::Relaxed);
            }
            self.pending.fetch_sub(1, Ordering::Release);
        }
    }

    fn next_epoch(&self, done: usize, asleep: &AtomicBool) -> usize {
        for _ in 0..SPINS {
            let epoch = self.epoch.load(Ordering::Acquire);
            if epoch != done {
                return epoch;
            }
            std::hint::spin_loop();
        }
        // The caller raises the epoch and then looks who sleeps; this says so and then looks at the epoch. One of the two sees
        // the other, so no job is slept through.
        asleep.store(true, Ordering::SeqCst);
        let epoch = loop {
            let epoch = self.epoch.load(Ordering::SeqCst);
            if epoch != done {
                break epoch;
            }
            thread::park();
        };
        asleep.store(false, Ordering::Relaxed);
        epoch
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        if std::process::id() != self.process {
            // A forked child: there is no thread to join, and its memory goes with the process.
            std::mem::forget(std::mem::take(&mut self.threads));
            return;
        }
        self.publish(None);
        for thread in self.threads.drain(..) {
            let _ = thread.join(); // it has caught every panic of a job
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_share_is_done_once_a_call() {
        for shares in 1..6 {
            let mut pool = Pool::new(shares);
            let done: Vec<_> = (0..shares).map(|_| AtomicUsize::new(0)).collect();
            for call in 1..200 {
                pool.run(&|share| {
                    done[share].fetch_add(1, Ordering::Relaxed);
                });
                assert!(
                    done.iter().all(|count| count.load(Ordering::Relaxed) == call),
                    "call {call} of {shares} shares"
                );
            }
        }
    }

    #[test]
    fn a_pool_that_has_slept_wakes_up() {
        let mut pool = Pool::new(3);
        for _ in 0..3 {
            let done = AtomicUsize::new(0);
            thread::sleep(std::time::Duration::from_millis(20));
            pool.run(&|_| {
                done.fetch_add(1, Ordering::Relaxed);
            });
            assert_eq!(done.into_inner(), 3);
        }
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_pool_goes_on() {
        let mut pool = Pool::new(3);
        for bad in 0..3 {
            let call = AssertUnwindSafe(|| pool.run(&|share| assert!(share != bad, "this panic is part of the test")));
            assert!(catch_unwind(call).is_err());
            let done = AtomicUsize::new(0);
            pool.run(&|_| {
                done.fetch_add(1, Ordering::Relaxed);
            });
            assert_eq!(done.into_inner(), 3);
        }
    }
}
