using FuncQueue.Client.Processing;
using FuncQueue.Client.Reading;
using FuncQueue.Client.Receiving;
using FuncQueue.Client.Transport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FuncQueue.Client;

/// <summary>
/// A FuncQueue app, and the connections to it. Make one and share it, as also its senders and publishers, whose calls travel together.
/// Safe for concurrent use.
/// </summary>
public class FuncQueueClient : IAsyncDisposable
{
    private readonly HttpTransport transport = null!;
    private readonly FuncQueueClientOptions options = null!;

    /// <summary>For mocks.</summary>
    protected FuncQueueClient()
    {
        (Endpoint, Administration) = (null!, null!);
    }

    /// <summary>Makes a client.</summary>
    /// <param name="endpoint">Where the app is, as <c>https://queue.example.com</c>.</param>
    /// <param name="key">A key of the app; null: what the options say, or none.</param>
    /// <param name="options">How to reach it.</param>
    public FuncQueueClient(Uri endpoint, string? key = null, FuncQueueClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        this.options = (options ?? new FuncQueueClientOptions()).With(key).Checked();
        Endpoint = endpoint;
        transport = new HttpTransport(endpoint, this.options);
        Administration = new FuncQueueAdministration(transport);
    }

    /// <summary>Makes a client of options that name the endpoint.</summary>
    public FuncQueueClient(FuncQueueClientOptions options)
        : this(
            (options ?? throw new ArgumentNullException(nameof(options))).Endpoint
                ?? throw new ArgumentException("The options name no endpoint.", nameof(options)),
            null,
            options
        ) { }

    /// <summary>Where the app is.</summary>
    public virtual Uri Endpoint { get; }

    /// <summary>Queues, topics, keys.</summary>
    public virtual FuncQueueAdministration Administration { get; }

    private ILogger Log => options.LoggerFactory?.CreateLogger("FuncQueue.Client") ?? NullLogger.Instance;

    /// <summary>Sends to a queue.</summary>
    public virtual FuncQueueSender CreateSender(string queue, FuncQueueSenderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        return new FuncQueueSender(queue, transport, this.options, options ?? new FuncQueueSenderOptions());
    }

    /// <summary>Publishes to a topic.</summary>
    public virtual FuncQueuePublisher CreatePublisher(string topic, FuncQueueSenderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        return new FuncQueuePublisher(topic, transport, this.options, options ?? new FuncQueueSenderOptions());
    }

    /// <summary>Receives from a queue, without handlers and renewals.</summary>
    public virtual FuncQueueReceiver CreateReceiver(string queue, FuncQueueReceiverOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        return new FuncQueueReceiver(new QueueReceiving(queue, "messages", transport), options ?? new FuncQueueReceiverOptions());
    }

    /// <summary>Runs a handler for each message of a queue. It is to be started.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="handler">Handles one message; several run at once.</param>
    /// <param name="options">How it works.</param>
    public virtual FuncQueueProcessor CreateProcessor(
        string queue,
        Func<ProcessMessageContext, Task> handler,
        FuncQueueProcessorOptions? options = null
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        ArgumentNullException.ThrowIfNull(handler);
        var checkedOptions = (options ?? new FuncQueueProcessorOptions()).Checked();
        var receiving = new QueueReceiving(queue, "messages", transport);
        var errors = new ProcessorErrors(queue, checkedOptions, Log);
        return new FuncQueueProcessor(queue, () => new ProcessorRun(receiving, handler, checkedOptions, errors));
    }

    /// <summary>Runs a handler for the records of a topic, as a member of a group that shares its partitions. To be started.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="group">The group.</param>
    /// <param name="handler">Handles records of one partition; as many run at once as there are partitions.</param>
    /// <param name="options">How it works.</param>
    public virtual FuncQueueGroupReader CreateGroupReader(
        string topic,
        string group,
        Func<ProcessRecordsContext, Task> handler,
        FuncQueueGroupReaderOptions? options = null
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        ArgumentException.ThrowIfNullOrEmpty(group);
        ArgumentNullException.ThrowIfNull(handler);
        var checkedOptions = (options ?? new FuncQueueGroupReaderOptions()).Checked();
        var calls = new GroupCalls(topic, group, transport);
        var member = checkedOptions.MemberName ?? MemberNames.Make();
        var errors = new ReaderErrors(topic, group, checkedOptions, Log);
        return new FuncQueueGroupReader(calls, member, () => new ReaderRun(calls, member, handler, checkedOptions, errors));
    }

    /// <summary>The dead letters of a queue.</summary>
    public virtual FuncQueueDeadLetters CreateDeadLetters(string queue)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        return new FuncQueueDeadLetters(new QueueReceiving(queue, "deadletter", transport));
    }

    /// <summary>Closes the connections. Stop processors and dispose senders before.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        transport.Dispose();
        return ValueTask.CompletedTask;
    }
}
