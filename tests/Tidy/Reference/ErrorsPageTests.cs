using System.Reflection;
using FuncQueue.Engine;
using FuncQueue.Engine.Keys;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Http;

namespace FuncQueue.Tidy.Tests.Reference;

/// <summary>The page of errors has every failure of the engine as the HTTP API tells it.</summary>
public sealed class ErrorsPageTests
{
    [Fact]
    public void The_page_lists_what_the_code_says()
    {
        var rows =
            from failure in Failures()
            let told = Problem.Of(failure)
            orderby told.Status, told.Code
            select (IReadOnlyList<string>)[$"{told.Status}", $"`{told.Code}`", told.Detail, told.RetryAfter is null ? "" : "Retry-After"];
        GeneratedText.Check("docs/reference/errors.md", "errors", GeneratedText.Table(["status", "code", "detail", "header"], rows));
    }

    /// <summary>One of each kind: those with two codes twice.</summary>
    private static IEnumerable<Failure> Failures() =>
        [
            new Failure.Invalid([new Fault("groupId", RequestRules.GroupRequired)]),
            .. from type in typeof(Failure).GetNestedTypes(BindingFlags.Public)
            select (Failure)
                Activator.CreateInstance(
                    type,
                    [.. type.GetConstructors(BindingFlags.Public | BindingFlags.Instance).First().GetParameters().Select(Example)]
                )!,
        ];

    private static object Example(ParameterInfo parameter) =>
        parameter switch
        {
            { ParameterType: var type } when type == typeof(IReadOnlyList<Fault>) => new List<Fault>
            {
                new("field", "what is wrong with it"),
                new("other", "and with that"),
            },
            { ParameterType: var type } when type == typeof(QueueName) => QueueName.TryParse("orders", out var name)
                ? name
                : throw new InvalidOperationException(),
            { ParameterType: var type } when type == typeof(TopicName) => TopicName.TryParse("events", out var topic)
                ? topic
                : throw new InvalidOperationException(),
            { ParameterType: var type } when type == typeof(KeyName) => KeyName.TryParse("worker", out var key)
                ? key
                : throw new InvalidOperationException(),
            { ParameterType: var type } when type == typeof(long) => 17L,
            { ParameterType: var type } when type == typeof(TimeSpan) => TimeSpan.FromSeconds(1),
            { ParameterType: var type } when type == typeof(string) => parameter.Name == "Detail" ? "(which setting differs)" : "invoices",
            _ => throw new NotSupportedException($"No example of {parameter.ParameterType} {parameter.Name}."),
        };
}
