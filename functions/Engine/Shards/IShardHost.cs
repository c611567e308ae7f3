using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>What a shard's loop needs to know of its queue.</summary>
internal interface IShardHost
{
    QueueName Queue { get; }

    DeliveryPolicy Policy { get; }

    ReceiverQueue Receivers { get; }

    /// <summary>Whether this process knows the time; else it must neither hand out messages nor end leases and lives.</summary>
    bool ClockIsCertain { get; }

    /// <summary>
    /// Whether no message is known that could be handed out, and the last look at storage found none: then what is new may go to those who
    /// wait.
    /// </summary>
    bool NothingIsReady { get; }

    /// <summary>Takes back a receiver that was taken and got nothing, and sees to it that it is served or answered.</summary>
    void Return(Receiver receiver);

    /// <summary>What was known of the shard has been forgotten: looks at storage once more, soon.</summary>
    void LookAgain();

    /// <summary>Messages could not be read: receivers that cannot wait are told so, since nobody knows whether there are any.</summary>
    void OnReadFault(StorageFault fault);

    DeliveredMessage Deliver(Leased leased, bool withReceipt);
}
