namespace FuncQueue.Functions.Access;

/// <summary>What a caller may do. Each function says which of these it takes.</summary>
[Flags]
internal enum Rights
{
    None = 0,

    /// <summary>Enqueueing and publishing.</summary>
    Send = 1,

    /// <summary>Dequeueing and settling; reading the records of a topic.</summary>
    Receive = 2,

    /// <summary>Seeing messages and dead letters, bodies included, without receiving them.</summary>
    Peek = 4,

    /// <summary>Seeing settings, counts, groups and subscriptions.</summary>
    Inspect = 8,

    /// <summary>All that is done to dead letters: receiving, redriving, resubmitting, removing.</summary>
    Redrive = 16,

    /// <summary>Creating, changing, deleting and purging queues and topics. Includes all the others but <see cref="Keys"/>.</summary>
    Manage = 32,

    /// <summary>Making keys, of any right: as good as all rights together.</summary>
    Keys = 64,

    All = Send | Receive | Peek | Inspect | Redrive | Manage | Keys,
}
