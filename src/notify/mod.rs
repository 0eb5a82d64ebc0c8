//! What is told to other chats and to web hooks.

pub mod telegram;
