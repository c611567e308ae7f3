using System.Collections.Concurrent;
using System.Threading.Channels;
using FuncQueue.WorkerHost.Rpc;
using Grpc.Core;

namespace FuncQueue.WorkerHost;

/// <summary>The conversation with one worker: questions with their answers, invocations, and what the worker logs.</summary>
internal sealed class WorkerChannel(HostLog log)
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(120);

    private readonly Channel<StreamingMessage> outgoing = Channel.CreateUnbounded<StreamingMessage>();
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> questions = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<InvocationResponse>> invocations = new();

    public string WorkerId { get; } = Guid.NewGuid().ToString();

    /// <summary>Ends when the worker's first message has come.</summary>
    public Task Started => started.Task;

    /// <summary>Ends when the worker has gone.</summary>
    public Task Lost => lost.Task;

    public IReadOnlyCollection<string> Invocations => [.. invocations.Keys];

    public string LongestReturnValue { get; private set; } = "";

    /// <summary>Carries the worker's stream until it ends; what was under way then has failed.</summary>
    public async Task RunAsync(
        IAsyncStreamReader<StreamingMessage> incoming,
        IServerStreamWriter<StreamingMessage> responses,
        CancellationToken cancellationToken
    )
    {
        started.TrySetResult();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var writing = WriteAsync(responses, end.Token);
        try
        {
            while (await incoming.MoveNext(end.Token))
                Take(incoming.Current);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or Grpc.Core.RpcException)
        {
            // The worker's process has ended.
        }

        await end.CancelAsync();
        await writing;
        Fail();
    }

    /// <summary>Asks, and waits for the answer.</summary>
    public async Task<StreamingMessage> AskAsync(StreamingMessage question)
    {
        question.RequestId = Guid.NewGuid().ToString();
        var answer = questions.GetOrAdd(
            question.RequestId,
            _ => new TaskCompletionSource<StreamingMessage>(TaskCreationOptions.RunContinuationsAsynchronously)
        );
        Send(question);
        return await answer.Task.WaitAsync(Generous);
    }

    public void Send(StreamingMessage message) => outgoing.Writer.TryWrite(message);

    /// <summary>Makes an invocation known, so that its answer finds it; it is sent afterwards.</summary>
    public Task<InvocationResponse> Await(string invocationId)
    {
        var response = invocations.GetOrAdd(
            invocationId,
            _ => new TaskCompletionSource<InvocationResponse>(TaskCreationOptions.RunContinuationsAsynchronously)
        );
        if (lost.Task.IsCompleted)
            Fail();
        return response.Task;
    }

    public void Cancel(string invocationId) =>
        Send(new StreamingMessage { InvocationCancel = new InvocationCancel { InvocationId = invocationId } });

    private async Task WriteAsync(IServerStreamWriter<StreamingMessage> responses, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in outgoing.Reader.ReadAllAsync(cancellationToken))
                await responses.WriteAsync(message, cancellationToken);
        }
        catch (Exception exception) when (exception is OperationCanceledException or InvalidOperationException or IOException)
        {
            // The stream has ended.
        }
    }

    private void Take(StreamingMessage message)
    {
        switch (message.ContentCase)
        {
            case StreamingMessage.ContentOneofCase.RpcLog:
                log.Write(message.RpcLog);
                break;
            case StreamingMessage.ContentOneofCase.InvocationResponse:
                if (message.InvocationResponse.ReturnValue?.ToString() is { } returned && returned.Length > LongestReturnValue.Length)
                    LongestReturnValue = returned;
                if (invocations.TryRemove(message.InvocationResponse.InvocationId, out var invocation))
                    invocation.TrySetResult(message.InvocationResponse);
                break;
            default:
                if (questions.TryRemove(message.RequestId, out var question))
                    question.TrySetResult(message);
                break;
        }
    }

    private void Fail()
    {
        var why = $"The worker has gone. It said: {log.Text}";
        lost.TrySetResult();
        foreach (var question in questions.Values)
            question.TrySetException(new InvalidOperationException(why));
        foreach (var invocation in invocations.Values)
            invocation.TrySetException(new InvalidOperationException(why));
    }
}
