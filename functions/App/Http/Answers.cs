using System.Text.Json;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Http;

/// <summary>Outcomes of the engine as answers: what came of a call, or the problem that kept it.</summary>
internal static class Answers
{
    /// <param name="answer">What is answered where the call succeeded.</param>
    public static IResult Of<T>(Outcome<T> outcome, Func<T, IResult> answer) =>
        outcome.TryGetValue(out var value, out var failure) ? answer(value) : Problems.From(failure);

    /// <summary>200 with what is written.</summary>
    public static IResult Json<T>(Outcome<T> outcome, Action<Utf8JsonWriter, T> write) =>
        Of(outcome, value => new JsonResponse(StatusCodes.Status200OK, writer => write(writer, value)));

    /// <summary>204.</summary>
    public static IResult Empty<T>(Outcome<T> outcome) => Of(outcome, _ => new EmptyResponse(StatusCodes.Status204NoContent));

    /// <summary>204 where it was so, else a failure.</summary>
    public static IResult Empty(Outcome<bool> outcome, Failure otherwise) =>
        Of(outcome, done => done ? new EmptyResponse(StatusCodes.Status204NoContent) : Problems.From(otherwise));
}
