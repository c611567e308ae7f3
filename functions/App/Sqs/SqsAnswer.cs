using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sqs;

/// <summary>What an action ended in: what to write, or an error.</summary>
internal sealed class SqsAnswer
{
    private readonly Action<SqsOutput>? write;

    private SqsAnswer(Action<SqsOutput>? write, SqsError? error)
    {
        this.write = write;
        Error = error;
    }

    /// <summary>The answer of actions that have nothing to tell.</summary>
    public static SqsAnswer Empty { get; } = new(static _ => { }, null);

    public SqsError? Error { get; }

    public static SqsAnswer Success(Action<SqsOutput> write) => new(write, null);

    /// <summary>Writes the result of a success.</summary>
    public void WriteTo(SqsOutput output) => write!(output);

    public static implicit operator SqsAnswer(SqsError error) => new(null, error);
}
