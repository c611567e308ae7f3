namespace FuncQueue.Client;

/// <summary>Why a call failed: the codes of the HTTP API, and what only a client can see.</summary>
public enum FuncQueueErrorReason
{
    /// <summary>The server answered with a code that this version of the client does not know.</summary>
    Unknown,

    /// <summary>The call may have taken effect, or not. Repeating it is safe only with a deduplication id.</summary>
    OutcomeUnknown,

    /// <summary>The server could not be reached, and nothing happened.</summary>
    Unreachable,

    /// <summary>The request has faults, all of which <see cref="FuncQueueException.Errors"/> lists.</summary>
    InvalidRequest,

    /// <summary>A FIFO queue wants a group id.</summary>
    GroupRequired,

    /// <summary>There is no such queue.</summary>
    QueueNotFound,

    /// <summary>There is no such message any more, or never was.</summary>
    MessageNotFound,

    /// <summary>The message is leased.</summary>
    MessageLeased,

    /// <summary>What is fixed at a queue's creation was to be changed.</summary>
    QueueTypeMismatch,

    /// <summary>The queue's state refuses what was asked.</summary>
    QueuePaused,

    /// <summary>The queue is a topic's alternate queue.</summary>
    QueueInUse,

    /// <summary>There is no such topic.</summary>
    TopicNotFound,

    /// <summary>The topic is being deleted.</summary>
    TopicDeleting,

    /// <summary>What is fixed at a topic's creation was to be changed.</summary>
    TopicTypeMismatch,

    /// <summary>No subscription takes a mandatory record.</summary>
    Unroutable,

    /// <summary>The next offset is another than the expected one.</summary>
    OffsetMismatch,

    /// <summary>An earlier record of the same key was not stored.</summary>
    EarlierFailed,

    /// <summary>There is no such subscription.</summary>
    SubscriptionNotFound,

    /// <summary>The target is subscribed already.</summary>
    AlreadySubscribed,

    /// <summary>There is no such record.</summary>
    RecordNotFound,

    /// <summary>The record is past its topic's retention.</summary>
    OffsetExpired,

    /// <summary>There is no such key.</summary>
    KeyNotFound,

    /// <summary>The key is changed in the server's settings only.</summary>
    KeyExists,

    /// <summary>What is there is not as If-Match or If-None-Match wants it.</summary>
    PreconditionFailed,

    /// <summary>A body, or a batch, is too large.</summary>
    MessageTooLarge,

    /// <summary>The server has too much to do; nothing happened.</summary>
    Overloaded,

    /// <summary>The server cannot reach its storage; nothing happened.</summary>
    StorageUnavailable,

    /// <summary>The server's storage is busy; nothing happened.</summary>
    StorageThrottled,

    /// <summary>The credential is missing or wrong.</summary>
    Unauthenticated,

    /// <summary>The credential lacks a right.</summary>
    Forbidden,

    /// <summary>The server has no such route: it is older than this client, or something else.</summary>
    NotFound,

    /// <summary>There is no such group.</summary>
    GroupNotFound,

    /// <summary>The group has as many members as it may.</summary>
    GroupFull,

    /// <summary>The partition is another member's, or was sought elsewhere: nothing was committed.</summary>
    Fenced,
}
