namespace SkPaged.Connector.Tests.Scripted;

/// <summary>Chat templates in the manner of each family's, with one frame for turns.</summary>
internal static class FamilyTemplates
{
    /// <summary>As of Llama 3.1: text or one call a turn.</summary>
    public const string Llama =
        """
        {%- for tool in tools or [] %}
        {{- 'Respond in the format {"name": function name, "parameters": dictionary}.\n' }}
        {{- (tool | tojson) + '\n' }}
        {%- endfor %}
        {%- for message in messages %}
        {{- '<|im_start|>' + message.role + '\n' }}
        {%- if message.tool_calls %}
        {%- if message.tool_calls | length != 1 %}
        {{- raise_exception('This model only supports single tool-calls at once!') }}
        {%- endif %}
        {%- set call = message.tool_calls[0].function %}
        {{- '{"name": "' + call.name + '", "parameters": ' + (call.arguments | tojson) + '}' }}
        {%- else %}
        {{- message.content }}
        {%- endif %}
        {{- '<|im_end|>\n' }}
        {%- endfor %}
        {{- '<|im_start|>assistant\n' }}
        """;

    /// <summary>As of Mistral v3: an array of calls.</summary>
    public const string Mistral =
        """
        {%- if tools %}{{- '[AVAILABLE_TOOLS] ' + (tools | tojson) + '\n' }}{%- endif %}
        {%- for message in messages %}
        {{- '<|im_start|>' + message.role + '\n' + message.content }}
        {%- if message.tool_calls %}
        {{- '[TOOL_CALLS] [' }}
        {%- for call in message.tool_calls %}
        {{- ', ' if not loop.first }}
        {{- '{"name": "' + call.function.name + '", "arguments": ' }}
        {{- (call.function.arguments | tojson) + '}' }}
        {%- endfor %}
        {{- ']' }}
        {%- endif %}
        {{- '<|im_end|>\n' }}
        {%- endfor %}
        {{- '<|im_start|>assistant\n' }}
        """;

    /// <summary>As of newer Mistral models: name and arguments of each call.</summary>
    public const string MistralNamed =
        """
        {%- if tools %}{{- '[AVAILABLE_TOOLS]' + (tools | tojson) + '\n' }}{%- endif %}
        {%- for message in messages %}
        {{- '<|im_start|>' + message.role + '\n' + message.content }}
        {%- for call in message.tool_calls or [] %}
        {{- '[TOOL_CALLS]' + call.function.name + '[ARGS]' + (call.function.arguments | tojson) }}
        {%- endfor %}
        {{- '<|im_end|>\n' }}
        {%- endfor %}
        {{- '<|im_start|>assistant\n' }}
        """;

    /// <summary>As of Mistral v3 with ids of nine letters or digits.</summary>
    public const string MistralIds =
        """
        {%- if tools %}{{- '[AVAILABLE_TOOLS] ' + (tools | tojson) + '\n' }}{%- endif %}
        {%- for message in messages %}
        {%- if message.role == 'tool' %}
        {{- '[TOOL_RESULTS] {"content": ' + (message.content | tojson) }}
        {{- ', "call_id": "' + message.tool_call_id + '"}[/TOOL_RESULTS]' }}
        {%- else %}
        {{- '<|im_start|>' + message.role + '\n' + message.content }}
        {%- if message.tool_calls %}
        {{- '[TOOL_CALLS] [' }}
        {%- for call in message.tool_calls %}
        {%- if call.id is not defined or call.id | length != 9 %}
        {{- raise_exception('Tool call IDs should be alphanumeric strings with length 9!') }}
        {%- endif %}
        {{- ', ' if not loop.first }}
        {{- '{"name": "' + call.function.name + '", "arguments": ' }}
        {{- (call.function.arguments | tojson) + ', "id": "' + call.id + '"}' }}
        {%- endfor %}
        {{- ']' }}
        {%- endif %}
        {{- '<|im_end|>\n' }}
        {%- endif %}
        {%- endfor %}
        {{- '<|im_start|>assistant\n' }}
        """;

    /// <summary>As of models that think and are shown again what they thought.</summary>
    public const string HermesThinking =
        """
        {%- for tool in tools or [] %}{{- (tool | tojson) + ' <tool_call>\n' }}{%- endfor %}
        {%- for message in messages %}
        {{- '<|im_start|>' + message.role + '\n' }}
        {%- if message.reasoning_content %}
        {{- '<think>\n' + message.reasoning_content.strip('\n') + '\n</think>\n\n' }}
        {%- endif %}
        {{- message.content }}
        {%- for call in message.tool_calls or [] %}
        {{- '\n' if message.content or not loop.first }}
        {{- '<tool_call>\n{"name": "' + call.function.name + '", "arguments": ' }}
        {{- (call.function.arguments | tojson) + '}\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\n' }}
        {%- endfor %}
        {{- '<|im_start|>assistant\n' }}
        """;

    /// <summary>The one of a family.</summary>
    public static string Of(string family) =>
        family switch
        {
            "Hermes" => ChatMl.Template,
            "HermesThinking" => HermesThinking,
            "Llama" => Llama,
            "Mistral" => Mistral,
            "MistralIds" => MistralIds,
            "MistralNamed" => MistralNamed,
            _ => throw new ArgumentException($"There is no template of {family}."),
        };
}
