//! A simulated class driver over any Device: handles, one exclusive owner, media change notification
