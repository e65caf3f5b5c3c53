//! What each client has, so that none can have all of it.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard};

/// Things of one kind that clients have: how many each of them may have at a time, and all of them together.
pub struct Quota {
    each: usize,
    all: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    /// By client; none is 0.
    each: HashMap<IpAddr, usize>,
}

/// One of those things, until it is dropped.
pub struct Place {
    quota: Arc<Quota>,
    client: IpAddr,
}

impl Quota {
    pub fn new(each: usize, all: usize) -> Arc<Self> {
        Arc::new(Self { each, all, taken: Mutex::default() })
    }

    /// Takes one for the client with that address, unless it has as many as it may have.
    pub fn take(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let client = client(address);
        let mut taken = self.taken();
        let count = taken.each.get(&client).copied().unwrap_or(0);
        if taken.all >= self.all || count >= self.each {
            return None;
        }
        taken.all += 1;
        taken.each.insert(client, count + 1);
        drop(taken);
        Some(Place { quota: self.clone(), client })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().expect("nothing panics while it is locked")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.quota.taken();
        taken.all -= 1;
        match taken.each.get_mut(&self.client) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(taken.each.remove(&self.client)),
        }
    }
}

/// What stands for a client: its address, or of an IPv6 address the network, all of whose addresses one machine can have.
fn client(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(quota: &Arc<Quota>, address: &str) -> Option<Place> {
        quota.take(address.parse().unwrap())
    }

    #[test]
    fn a_client_that_has_its_share_takes_none_from_others() {
        let quota = Quota::new(2, 4);
        let mut places: Vec<_> = (0..2).map(|_| take(&quota, "192.0.2.1").unwrap()).collect();
        assert!(take(&quota, "192.0.2.1").is_none());
        places.extend(take(&quota, "192.0.2.2"));
        places.pop();
        places.pop();
        places.extend(take(&quota, "192.0.2.1"));
        assert_eq!(places.len(), 2);
        assert!(take(&quota, "192.0.2.1").is_none());
        places.clear();
        assert!(quota.taken().each.is_empty());
    }

    #[test]
    fn all_clients_together_have_a_limit() {
        let quota = Quota::new(2, 2);
        let place = take(&quota, "192.0.2.1");
        let _other = take(&quota, "192.0.2.2").unwrap();
        assert!(take(&quota, "192.0.2.3").is_none());
        drop(place);
        assert!(take(&quota, "192.0.2.3").is_some());
    }

    #[test]
    fn addresses_of_one_machine_are_one_client() {
        let quota = Quota::new(1, 9);
        let _places = [take(&quota, "2001:db8::1").unwrap(), take(&quota, "192.0.2.1").unwrap()];
        for same in ["2001:db8::ffff:1:2:3", "::ffff:192.0.2.1"] {
            assert!(take(&quota, same).is_none(), "{same}");
        }
        for other in ["2001:db8:0:1::1", "192.0.2.2"] {
            assert!(take(&quota, other).is_some(), "{other}");
        }
    }
}
