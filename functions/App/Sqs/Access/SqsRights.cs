namespace FuncQueue.Functions.Sqs;

/// <summary>What an access key may do. Every key may look queues up and read their attributes.</summary>
[Flags]
internal enum SqsRights
{
    None = 0,

    Send = 1,

    /// <summary>Receiving, deleting and changing the visibility of messages.</summary>
    Receive = 2,

    /// <summary>Creating, changing, purging and deleting queues, and moving messages between them.</summary>
    Manage = 4,

    All = Send | Receive | Manage,
}
