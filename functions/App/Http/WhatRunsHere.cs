namespace FuncQueue.Functions.Http;

/// <summary>What the root says to people who look in.</summary>
internal static class WhatRunsHere
{
    public static IResult Answer() =>
        new JsonResponse(
            StatusCodes.Status200OK,
            static writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("name", "FuncQueue");
                writer.WriteString("description", "Queues and topics over HTTP, and for clients of Amazon SQS and SNS.");
                writer.WriteString("openapi", "/openapi.json");
                writer.WriteString("health", "/health");
                writer.WriteString("dashboard", "/dashboard");
                writer.WriteEndObject();
            }
        );
}
