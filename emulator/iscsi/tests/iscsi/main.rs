//! The target side from outside: against hand-made PDUs, against the initiator side, and against noise.

#[cfg(test)]
mod attributes;
#[cfg(test)]
mod device;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod login;
#[cfg(test)]
mod mutation;
#[cfg(test)]
mod order;
#[cfg(test)]
mod pair;
#[cfg(test)]
mod raw;
#[cfg(test)]
mod recovery;
#[cfg(test)]
mod reinstatement;
#[cfg(test)]
mod reject;
#[cfg(test)]
mod text;
#[cfg(test)]
mod transfer;
