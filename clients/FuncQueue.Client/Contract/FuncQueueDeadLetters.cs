using System.Text.Json;
using FuncQueue.Client.Json;
using FuncQueue.Client.Receiving;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client;

/// <summary>The dead letters of one queue. Safe for concurrent use.</summary>
public class FuncQueueDeadLetters
{
    private readonly QueueReceiving receiving = null!;
    private readonly string path = "";

    /// <summary>For mocks.</summary>
    protected FuncQueueDeadLetters()
    {
        QueueName = "";
        Receiver = null!;
    }

    internal FuncQueueDeadLetters(QueueReceiving receiving)
    {
        QueueName = receiving.Queue;
        Receiver = new FuncQueueReceiver(receiving, new FuncQueueReceiverOptions());
        this.receiving = receiving;
        path = $"queues/{Uri.EscapeDataString(QueueName)}/deadletter/";
    }

    /// <summary>The queue.</summary>
    public virtual string QueueName { get; }

    /// <summary>Receives dead letters, and settles them: an ack removes one, a nack gives it back.</summary>
    public virtual FuncQueueReceiver Receiver { get; }

    /// <summary>Looks at dead letters, oldest first.</summary>
    public virtual Task<FuncQueuePage<ReceivedMessage>> ListAsync(
        int maxMessages = 32,
        string? continuation = null,
        CancellationToken cancellationToken = default
    ) => receiving.ListAsync("deadletter/messages", maxMessages, continuation, cancellationToken);

    /// <summary>How many dead letters have which reason, most first.</summary>
    public virtual async Task<IReadOnlyList<DeadLetterReasonCount>> GetReasonsAsync(CancellationToken cancellationToken = default) =>
        (
            await receiving.Transport.SendAsync(Call.Get(path + "reasons"), WireJson.Default.ListDeadLetterReasonCount, cancellationToken)
        ).Value;

    /// <summary>Makes dead letters live again, as new messages.</summary>
    public virtual async Task<RedriveResult> RedriveAsync(RedriveRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var content = HttpTransport.Json(request, WireJson.Default.RedriveRequest);
        // A repeat moves what is left; only its count would be told, so a lost answer is told instead.
        var repetition = request.DryRun == true ? Repetition.Always : Repetition.IfNothingHappened;
        var call = Call.Post(path + "redrive", repetition, content) with { Unlimited = true };
        return (await receiving.Transport.SendAsync(call, WireJson.Default.RedriveResult, cancellationToken)).Value;
    }

    /// <summary>
    /// Makes one dead letter live again in one step, as it is or edited.
    /// </summary>
    /// <param name="messageId">The dead letter.</param>
    /// <param name="edited">Its new body, content type and attributes; null: as it is.</param>
    /// <param name="to">The queue that it goes to; null: the one that it came from.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    /// <returns>The id of the live message.</returns>
    public virtual async Task<Guid> ResubmitAsync(
        Guid messageId,
        FuncQueueMessage? edited = null,
        string? to = null,
        CancellationToken cancellationToken = default
    )
    {
        var content = Call.Json(writer => WriteResubmit(writer, edited, to));
        var call = Call.Post($"{path}messages/{messageId}/resubmit", Repetition.IfNothingHappened, content);
        var answer = await receiving.Transport.SendAsync(call, WireJson.Default.WireSent, cancellationToken);
        return answer.Value.MessageId ?? throw new FuncQueueException("The server answered without a message id.");
    }

    /// <summary>Removes a dead letter that is not leased; false where it is not there.</summary>
    public virtual Task<bool> DeleteAsync(Guid messageId, CancellationToken cancellationToken = default) =>
        receiving.Transport.RemoveAsync(Call.Delete($"{path}messages/{messageId}"), cancellationToken);

    /// <summary>Drops dead letters, all or those that a filter matches; again until it is complete.</summary>
    public virtual async Task<PurgeResult> PurgeAsync(
        MessageFilter? filter = null,
        bool dryRun = false,
        CancellationToken cancellationToken = default
    ) => await Purging.PurgeAsync(receiving.Transport, path + "purge", filter, dryRun, cancellationToken);

    private static void WriteResubmit(Utf8JsonWriter writer, FuncQueueMessage? edited, string? to)
    {
        writer.WriteStartObject();
        if (edited is not null)
            MessageWriter.WriteContent(writer, edited.Body, edited.ContentType, edited.Attributes);
        if (to is not null)
            writer.WriteString("to", to);
        writer.WriteEndObject();
    }
}
