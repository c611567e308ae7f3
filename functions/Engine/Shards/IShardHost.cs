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

    DeliveredMessage Deliver(BatchRow row, int slot, Decisions.MessageState state, bool withReceipt);
}
