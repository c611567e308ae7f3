using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>What a shard's loop needs to know of its queue.</summary>
internal interface IShardHost
{
    QueueName Queue { get; }

    DeliveryPolicy Policy { get; }

    ReceiverQueue Receivers { get; }

    /// <summary>Whether this process may hand out messages: its clock agrees with storage's.</summary>
    bool MayClaim { get; }

    /// <summary>Takes back a receiver that was taken and got nothing, and sees to it that it is served or answered.</summary>
    void Return(Receiver receiver);

    /// <summary>Messages could not be read: receivers that cannot wait are told so, since nobody knows whether there are any.</summary>
    void OnReadFault(StorageFault fault);

    DeliveredMessage Deliver(BatchRow row, int slot, Decisions.MessageState state, bool withReceipt);
}
