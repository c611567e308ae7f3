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

    /// <summary>Whether messages may be handed out, as far as is known: the queue may be paused.</summary>
    bool Gives { get; }

    /// <summary>As <see cref="Gives"/>, known to be so of late: the registry is read if that was long ago.</summary>
    ValueTask<bool> GivesNowAsync();

    /// <summary>
    /// Whether no message is known that could be handed out, and the last scan found none: then what is new may go to those who
    /// wait.
    /// </summary>
    bool NothingIsReady { get; }

    /// <summary>Takes back a receiver that was taken and got nothing, and sees to it that it is served or answered.</summary>
    void Return(Receiver receiver);

    /// <summary>What was known of the shard has been forgotten: scans it once more, soon.</summary>
    void ScanAgain();

    /// <summary>Messages could not be read: receivers that cannot wait are told so, since nobody knows whether there are any.</summary>
    void OnReadFault(StorageFault fault);

    DeliveredMessage Deliver(Leased leased, bool withReceipt);
}
